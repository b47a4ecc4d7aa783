"""What a search found, in the schema."""

import strawberry

from api.resolvers import search as use
from api.schema.messages import Message


@strawberry.type(description="A piece of an excerpt.")
class ExcerptPart:
    text: str = strawberry.field(description="As it was written.")
    found: bool = strawberry.field(description="Whether it is one of the words looked for.")


@strawberry.type(description="Where the words stand that were looked for.")
class Excerpt:
    message: Message = strawberry.field(description="The line that has most of them.")
    parts: list[ExcerptPart] = strawberry.field(description="What stands around the first of them, in pieces.")

    @classmethod
    def of(cls, found: use.Excerpt) -> "Excerpt":
        parts = [ExcerptPart(text=part.text, found=part.found) for part in found.parts]
        return cls(message=Message.of(found.message), parts=parts)
