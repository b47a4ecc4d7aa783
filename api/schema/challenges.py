"""What has to be solved before a chat is opened, in the schema."""

import strawberry

from api.resolvers import challenges
from api.schema.base import Info


@strawberry.type
class ChallengeQuery:
    @strawberry.field(
        description="What to solve when openChat answers PROOF_NEEDED: `1.<bits>.<until>.<nonce>.<signature>`, good "
        "for five minutes and one opening. The proof is `<challenge>:<n>`, with a number n for which the SHA-256 of "
        "that text begins with so many zero bits."
    )
    async def opening_challenge(self, info: Info) -> str:
        return await challenges.issue_challenge(info.context.ctx)
