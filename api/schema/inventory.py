"""The network's inventory in the schema: brought in as one file. It is taken away by `/exports/access-points.csv`."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import strawberry

from api.errors import Invalid
from api.models.enums import ImportOutcome
from api.resolvers import inventory as use
from api.schema.base import Info, UserError, payload, user_errors


@strawberry.type(description="What has become, or would become, of one line of an imported file.")
class ImportedLine:
    number: int = strawberry.field(description="Which line of the file, from 1, its heads included.")
    name: str = strawberry.field(description="The name that it gives; may be empty.")
    outcome: ImportOutcome = strawberry.field(description="What became of it.")
    errors: list[UserError] = strawberry.field(description="What to mend; `field` is the column, as in the input.")

    @classmethod
    def of(cls, info: Info, line: use.ImportedLine) -> "ImportedLine":
        errors = user_errors(info, Invalid.of(list(line.problems))) if line.problems else []
        return cls(number=line.number, name=line.name, outcome=line.outcome, errors=errors)


@strawberry.type(description="What has come, or would come, of an imported file.")
class ImportedFile:
    lines: list[ImportedLine] = strawberry.field(description="Each line, in their order.")
    created: int = strawberry.field(description="New points.")
    updated: int = strawberry.field(description="Points that were written down anew.")
    unchanged: int = strawberry.field(description="Points that were so already.")
    refused: int = strawberry.field(description="Lines of which nothing was written.")

    @classmethod
    def of(cls, info: Info, lines: Sequence[use.ImportedLine]) -> "ImportedFile":
        counts = Counter(line.outcome for line in lines)
        return cls(
            lines=[ImportedLine.of(info, line) for line in lines],
            created=counts[ImportOutcome.CREATED],
            updated=counts[ImportOutcome.UPDATED],
            unchanged=counts[ImportOutcome.UNCHANGED],
            refused=counts[ImportOutcome.REFUSED],
        )


@strawberry.type(description="What has come of a file, or why it cannot be read.")
class ImportPayload:
    file: ImportedFile | None = strawberry.field(default=None, description="What has come, or would come, of it.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type
class InventoryMutation:
    @strawberry.mutation(
        description="Write down the points of a CSV file, each by its name: new ones, and what it says of others."
    )
    @payload(ImportPayload)
    async def import_access_points(
        self,
        info: Info,
        csv: Annotated[str, strawberry.argument(description="The file, at most 2000 points.")],
        dry_run: Annotated[bool, strawberry.argument(description="Only tell what would become of it.")] = False,
    ) -> ImportPayload:
        lines = await use.import_access_points(info.context.ctx, csv, dry_run=dry_run)
        return ImportPayload(file=ImportedFile.of(info, lines))
