"""An authenticator app in a test's hands."""

from api.context import Context
from api.resolvers.second_factor import begin_second_factor, confirm_second_factor
from api.totp import STEP, code_of, step_at
from tests.people import Desk


def now_code(desk: Desk, secret: str) -> str:
    """What the app shows at this moment."""
    return code_of(secret, step_at(desk.clock.now))


def next_code(desk: Desk, secret: str) -> str:
    """What the app shows half a minute later, which has passed then."""
    desk.clock.advance(seconds=STEP)
    return now_code(desk, secret)


async def switched_on(desk: Desk, who: Context) -> tuple[str, list[str]]:
    """Set up somebody's second factor: the app's secret, and the recovery codes. This moment's code is used up."""
    secret = (await begin_second_factor(who)).secret
    return secret, await confirm_second_factor(who, now_code(desk, secret))
