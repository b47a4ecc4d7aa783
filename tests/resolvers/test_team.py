"""The people who attend, as who manages the queue sees them."""

from api.context import Context
from api.errors import Forbidden
from api.models.enums import Availability, Permission, Role, Sender
from api.resolvers.messages import send_message
from api.resolvers.presence import set_availability
from api.resolvers.team import Member, view_team
from api.resolvers.tickets import turn_into_ticket
from api.resolvers.users import UserChange, update_user
from tests.people import Desk, person


async def seen(ctx: Context) -> dict[str, Member]:
    return {member.name: member for member in await view_team(ctx)}


async def test_everybody_active_who_may_attend_is_shown_by_name_and_nobody_else(desk: Desk) -> None:
    boss = await desk.admin(name="Zoe")
    await desk.agent("tecnico", name="Bia")
    await desk.agent(name="Ana")
    await desk.analyst("tecnico", name="Carla")
    await desk.analyst(name="Davi", permissions=(Permission.CHAT_ATTEND,))
    gone = await desk.agent(name="Edu")
    await update_user(boss, person(gone).user_id, UserChange(active=False))
    assert [member.name for member in await view_team(boss)] == ["Ana", "Bia", "Davi", "Zoe"]


async def test_a_member_is_shown_with_what_they_chose_what_counts_and_since_when(desk: Desk) -> None:
    rui = await desk.supervisor(name="Rui")
    ana = await desk.online("tecnico", name="Ana")
    await set_availability(ana, Availability.PAUSED, "Almoço")
    chosen_at = desk.clock.now
    desk.clock.advance(seconds=30)
    presence = (await seen(rui))["Ana"].presence
    assert (presence.status, presence.chosen, presence.reason) == (Availability.PAUSED, Availability.PAUSED, "Almoço")
    assert (presence.since, presence.present) == (chosen_at, True)
    # The lease of their live connection runs out.
    desk.clock.advance(minutes=2)
    presence = (await seen(rui))["Ana"].presence
    assert (presence.status, presence.chosen, presence.present) == (Availability.OFFLINE, Availability.PAUSED, False)


async def test_a_member_is_shown_with_their_load_their_live_chats_and_for_whom_these_wait(desk: Desk) -> None:
    rui = await desk.supervisor(name="Rui")
    ana = await desk.online("tecnico", name="Ana", capacity=3)
    first = await desk.active(ana, name="José")
    desk.clock.advance(seconds=1)
    second = await desk.active(ana, name="Maria")
    await send_message(ana, first.id, body="Já verifico.")
    await turn_into_ticket(ana, (await desk.active(ana)).id)
    await desk.closed(ana)
    await desk.waiting()
    member = (await seen(rui))["Ana"]
    assert (member.load, member.capacity, member.tickets) == (2, 3, 1)
    assert [(chat.id, chat.row.customer_name, chat.row.awaiting) for chat in member.chats] == [
        (first.id, "José", Sender.CUSTOMER),
        (second.id, "Maria", Sender.AGENT),
    ]
    assert (await seen(rui))["Rui"].chats == ()


async def test_who_may_not_see_a_chat_sees_that_it_weighs_and_not_whose_it_is(desk: Desk) -> None:
    extra = (Permission.QUEUE_MANAGE,)
    here = await desk.staff(Role.AGENT, "tecnico", name="Rui", permissions=extra)
    elsewhere = await desk.staff(Role.AGENT, "comercial", name="Eva", permissions=extra)
    ana = await desk.online("tecnico", name="Ana")
    chat = await desk.active(ana)
    assert [held.id for held in (await seen(here))["Ana"].chats] == [chat.id]
    member = (await seen(elsewhere))["Ana"]
    assert (member.load, member.chats) == (1, ())


async def test_only_who_manages_the_queue_sees_the_team(desk: Desk) -> None:
    for who in (await desk.agent("tecnico"), await desk.analyst()):
        async with desk.refused(Forbidden, "not_allowed"):
            await view_team(who)


async def test_a_look_differs_from_the_one_before_when_a_chat_waits_for_somebody_else(desk: Desk) -> None:
    rui = await desk.supervisor()
    ana = await desk.online("tecnico")
    chat = await desk.active(ana)
    before = await view_team(rui)
    desk.clock.advance(seconds=1)
    assert await view_team(rui) == before
    await send_message(ana, chat.id, body="Bom dia")
    assert await view_team(rui) != before
