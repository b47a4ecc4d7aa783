"""The second factor of the staff, in the schema."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.resolvers import second_factor as use
from api.schema.base import Info, UserError, from_id, is_staff, payload
from api.schema.users import DonePayload, User, UserPayload, no_user

Code = Annotated[str, strawberry.argument(description="Six digits of the app, or a recovery code.")]


@strawberry.type(description="How the caller's second factor stands.")
class SecondFactor:
    since: datetime | None = strawberry.field(description="Since when it is on; null when it is off.")
    required: bool = strawberry.field(description="The caller's role asks for one.")
    recovery_codes_left: int = strawberry.field(description="Recovery codes that were not used yet.")


@strawberry.type(description="What an authenticator app is told, or what was wrong.")
class SecondFactorOfferPayload:
    secret: str | None = strawberry.field(default=None, description="To be typed into the app, in base32.")
    uri: str | None = strawberry.field(default=None, description="The same and whose it is, for a QR code.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="New recovery codes, or what was wrong.")
class RecoveryCodesPayload:
    codes: list[str] | None = strawberry.field(default=None, description="Each works once; shown this once.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type
class SecondFactorQuery:
    @strawberry.field(description="How the caller's second factor stands; null for who is not signed in.")
    async def second_factor(self, info: Info) -> SecondFactor | None:
        if not is_staff(info):
            return None
        found = await use.get_second_factor(info.context.ctx)
        return SecondFactor(since=found.since, required=found.required, recovery_codes_left=found.recovery_codes_left)


@strawberry.type
class SecondFactorMutation:
    @strawberry.mutation(description="Make a secret for one's app; codes are asked for once one was confirmed.")
    @payload(SecondFactorOfferPayload)
    async def begin_second_factor(self, info: Info) -> SecondFactorOfferPayload:
        offer = await use.begin_second_factor(info.context.ctx)
        return SecondFactorOfferPayload(secret=offer.secret, uri=offer.uri)

    @strawberry.mutation(description="Switch one's second factor on by a code; one's other sessions end.")
    @payload(RecoveryCodesPayload)
    async def confirm_second_factor(
        self, info: Info, code: Annotated[str, strawberry.argument(description="Six digits of the app.")]
    ) -> RecoveryCodesPayload:
        return RecoveryCodesPayload(codes=await use.confirm_second_factor(info.context.ctx, code))

    @strawberry.mutation(description="Make new recovery codes; the old ones stop working.")
    @payload(RecoveryCodesPayload)
    async def renew_recovery_codes(self, info: Info, code: Code) -> RecoveryCodesPayload:
        return RecoveryCodesPayload(codes=await use.renew_recovery_codes(info.context.ctx, code))

    @strawberry.mutation(description="Let one's password be enough again.")
    @payload(DonePayload)
    async def switch_off_second_factor(self, info: Info, code: Code) -> DonePayload:
        await use.switch_off_second_factor(info.context.ctx, code)
        return DonePayload(done=True)

    @strawberry.mutation(description="Take away the second factor of somebody who lost theirs; their sessions end.")
    @payload(UserPayload)
    async def remove_second_factor(
        self,
        info: Info,
        user_id: Annotated[strawberry.ID, strawberry.argument(description="The person.")],
        reason: Annotated[str, strawberry.argument(description="Why, for the audit log.")],
    ) -> UserPayload:
        ctx = info.context.ctx
        row = await use.remove_second_factor(ctx, from_id(user_id, missing=no_user), reason=reason)
        return UserPayload(user=User.of(row))
