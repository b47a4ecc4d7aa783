"""What people set of themselves."""

import pytest

from api.auth import identify
from api.errors import Forbidden, Invalid
from api.events import AccessChanged, staff_stream
from api.models.enums import Role, SessionKind
from api.resolvers.audit import AuditFilter, list_audit
from api.resolvers.pages import PageRequest
from api.resolvers.profile import ProfileChange, update_profile
from api.resolvers.sessions import sign_in
from tests.people import PASSWORD, Desk, person


async def test_people_change_their_own_name_and_extension_and_the_audit_log_says_so(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico", name="Ana")
    changed = await update_profile(ana, ProfileChange(name="  Ana  Lima ", extension="204"))
    assert (changed.name, changed.extension) == ("Ana Lima", "204")
    stored = await desk.user(ana)
    assert (stored.name, stored.extension) == ("Ana Lima", "204")
    (entry,) = (await list_audit(boss, AuditFilter(action="update_profile"), PageRequest(first=5))).rows
    assert (entry.actor, entry.object) == (f"user:{stored.id}", f"user:{stored.id}")
    assert (entry.before, entry.after) == (
        {"name": "Ana", "extension": None},
        {"name": "Ana Lima", "extension": "204"},
    )


async def test_what_is_left_out_stays_an_empty_extension_goes_and_the_same_again_changes_nothing(desk: Desk) -> None:
    ana = await desk.agent(name="Ana")
    await update_profile(ana, ProfileChange(extension="204"))
    async with desk.nothing_changes():
        await update_profile(ana, ProfileChange(name="Ana", extension="204"))
        await update_profile(ana, ProfileChange())
    assert (await update_profile(ana, ProfileChange(extension=" "))).extension is None
    assert (await desk.user(ana)).name == "Ana"


async def test_their_sessions_know_them_by_the_new_name_at_once(desk: Desk) -> None:
    ana = await desk.agent(name="Ana")
    email = (await desk.user(ana)).email
    token = (await sign_in(desk.anonymous, email=email, password=PASSWORD, kind=SessionKind.TOKEN)).token
    assert person(desk.as_((await identify(desk.running.services, token)).principal)).name == "Ana"
    await update_profile(ana, ProfileChange(name="Ana Lima"))
    assert (await desk.events(staff_stream(person(ana).user_id)))[-1] == AccessChanged(user_id=person(ana).user_id)
    assert person(desk.as_((await identify(desk.running.services, token)).principal)).name == "Ana Lima"


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        (ProfileChange(name=" "), "required", "name"),
        (ProfileChange(name="x" * 121), "too_long", "name"),
        (ProfileChange(extension="1" * 21), "too_long", "extension"),
    ],
)
async def test_a_name_is_some_text_and_both_have_bounds(
    desk: Desk, change: ProfileChange, reason: str, field: str
) -> None:
    ana = await desk.agent()
    async with desk.refused(Invalid, reason, field=("input", field)):
        await update_profile(ana, change)


async def test_who_lacks_a_second_factor_sets_it_up_first(desk: Desk) -> None:
    newcomer = await desk.newcomer(Role.AGENT)
    async with desk.refused(Forbidden, "second_factor_missing"):
        await update_profile(newcomer, ProfileChange(name="Ana"))
