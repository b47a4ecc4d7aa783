"""Many at once: what must hold however they meet, within one process and across two."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.cli import _first_admin
from api.context import Context
from api.errors import (
    AppError,
    ChatClosed,
    Conflict,
    Forbidden,
    IdempotencyMismatch,
    Invalid,
    NotFound,
    RateLimited,
    SecondFactorNeeded,
)
from api.events import ChatEnded, chat_stream
from api.models import Chat, Customer, EventRow, Message, Session, StatusInterval, User
from api.models.enums import Availability, ChatStatus, CloseReason, LegOutcome, MessageKind, Role
from api.resolvers.claims import assign_chat, claim_chat, claim_next
from api.resolvers.closings import close_chat
from api.resolvers.departments import DepartmentChange, list_departments, update_department
from api.resolvers.leases import take_lease
from api.resolvers.messages import mark_read, send_message
from api.resolvers.openings import open_chat
from api.resolvers.password_links import set_password
from api.resolvers.presence import set_availability
from api.resolvers.sessions import confirm_sign_in, sign_in
from api.resolvers.tickets import turn_into_ticket
from api.resolvers.transfers import take_over, transfer_chat
from api.resolvers.users import UserChange, reset_password, update_user
from tests.cluster import Cluster, kinds, together
from tests.people import PASSWORD, Desk, person, valid_cpf
from tests.second_factors import next_code, switched_on

# Claims


async def test_of_two_agents_who_claim_one_chat_exactly_one_gets_it(cluster: Cluster) -> None:
    desk = cluster.desk
    agents = [await desk.agent("tecnico") for _ in range(2)]
    for _ in range(4):
        chat = await desk.waiting()
        fine, errors = await together(claim_chat(cluster.spread(who, i), chat.id) for i, who in enumerate(agents))
        assert len(fine) == 1
        assert kinds(errors) == {(Conflict, "chat_not_waiting")}
        (leg,) = await desk.legs(chat.id)
        assert leg.agent_id == fine[0].agent_id == (await desk.chat(chat.id)).agent_id
        assert len(await desk.lines(chat.id, MessageKind.EVENT)) == 1
    assert sum([(await desk.user(who)).active_chats for who in agents]) == 4


async def test_one_agent_who_claims_one_chat_many_times_has_it_once(cluster: Cluster) -> None:
    desk = cluster.desk
    ana = await desk.agent("tecnico")
    chat = await desk.waiting()
    fine, errors = await together(claim_chat(cluster.spread(ana, i), chat.id) for i in range(10))
    assert (len(fine), errors) == (10, [])
    assert (await desk.user(ana)).active_chats == 1
    assert len(await desk.lines(chat.id, MessageKind.EVENT)) == 1


async def test_24_agents_take_60_chats_each_once_and_never_find_a_false_empty_queue(cluster: Cluster) -> None:
    desk = cluster.desk
    agents = [await desk.agent("tecnico", capacity=5) for _ in range(24)]
    chats = {(await desk.waiting()).id for _ in range(60)}
    taken: list[Chat] = []
    refusals: list[AppError] = []

    async def work(who: Context) -> None:
        while True:
            try:
                taken.append(await claim_next(who))
            except AppError as error:
                left = 60 - len(taken)
                refusals.append(error)
                if error.reason == "queue_empty":
                    # Others may be about to take the last ones, but one for each of them at the most.
                    assert left < 24
                return

    await asyncio.gather(*(work(cluster.spread(who, i)) for i, who in enumerate(agents)))
    assert {chat.id for chat in taken} == chats
    assert len(taken) == 60
    assert {error.reason for error in refusals} <= {"queue_empty", "capacity_reached"}
    owned = Counter(chat.agent_id for chat in taken)
    assert max(owned.values()) <= 5
    for who in agents:
        assert (await desk.user(who)).active_chats == owned[person(who).user_id]


async def test_an_agents_capacity_holds_against_many_claims_at_once(cluster: Cluster) -> None:
    desk = cluster.desk
    ana = await desk.agent("tecnico", capacity=3)
    for _ in range(8):
        await desk.waiting()
    fine, errors = await together(claim_next(cluster.spread(ana, i)) for i in range(8))
    assert len(fine) == 3
    assert {error.reason for error in errors} == {"capacity_reached"}
    assert (await desk.user(ana)).active_chats == 3
    assert len([chat for chat in await all_chats(desk) if chat.status is ChatStatus.WAITING]) == 5


async def test_a_chat_is_assigned_to_one_of_many_or_claimed_but_never_both(cluster: Cluster) -> None:
    desk = cluster.desk
    rui, eva = await desk.supervisor(), await desk.supervisor()
    ana, bia = await desk.online("tecnico", capacity=10), await desk.online("tecnico", capacity=10)
    for _ in range(4):
        chat = await desk.waiting()
        fine, errors = await together(
            [
                assign_chat(cluster.spread(rui, 0), chat.id, agent_id=person(ana).user_id),
                assign_chat(cluster.spread(eva, 1), chat.id, agent_id=person(bia).user_id),
                claim_chat(cluster.spread(rui, 1), chat.id),
            ]
        )
        assert (len(fine), kinds(errors)) == (1, {(Conflict, "chat_not_waiting")})
        (leg,) = await desk.legs(chat.id)
        assert leg.agent_id == fine[0].agent_id == (await desk.chat(chat.id)).agent_id
    assert sum([(await desk.user(who)).active_chats for who in (rui, ana, bia)]) == 4


async def test_nobody_is_assigned_more_than_they_have_room_for_however_many_assign(cluster: Cluster) -> None:
    desk = cluster.desk
    rui, ana = await desk.supervisor(), await desk.online("tecnico", capacity=2)
    chats = [await desk.waiting() for _ in range(6)]
    fine, errors = await together(
        assign_chat(cluster.spread(rui, i), chat.id, agent_id=person(ana).user_id) for i, chat in enumerate(chats)
    )
    assert (len(fine), {error.reason for error in errors}) == (2, {"agent_full"})
    assert (await desk.user(ana)).active_chats == 2
    assert len([chat for chat in await all_chats(desk) if chat.status is ChatStatus.WAITING]) == 4


async def test_of_two_who_take_a_chat_over_at_once_each_has_it_in_turn_and_one_keeps_it(cluster: Cluster) -> None:
    desk = cluster.desk
    ana, rui, eva = await desk.agent("tecnico"), await desk.supervisor(), await desk.supervisor()
    chat = await desk.active(ana)
    fine, errors = await together(take_over(cluster.spread(who, i), chat.id) for i, who in enumerate((rui, eva)))
    assert (len(fine), errors) == (2, [])
    legs = await desk.legs(chat.id)
    assert [leg.left_at is None for leg in legs] == [False, False, True]
    keeper = (await desk.chat(chat.id)).agent_id
    assert keeper == legs[-1].agent_id
    loads = {person(who).user_id: (await desk.user(who)).active_chats for who in (ana, rui, eva)}
    assert {user_id for user_id, load in loads.items() if load} == {keeper}
    assert sum(loads.values()) == 1


async def test_a_chat_that_somebody_holds_for_a_moment_is_no_empty_queue(cluster: Cluster) -> None:
    """A customer who writes, or a colleague who turns out to be full, holds the row: it still waits."""
    desk = cluster.desk
    ana = await desk.agent("tecnico")
    chat = await desk.waiting()
    held, let_go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with desk.db.transaction() as tx:
            await tx.session.execute(select(Chat).where(col(Chat.id) == chat.id).with_for_update())
            held.set()
            await let_go.wait()

    holding = asyncio.create_task(hold())
    await held.wait()
    claiming = asyncio.ensure_future(claim_next(cluster.spread(ana, 1)))
    await asyncio.sleep(0.1)
    let_go.set()
    await holding
    assert (await claiming).id == chat.id


async def test_a_chat_is_claimed_or_abandoned_but_not_both(cluster: Cluster) -> None:
    desk = cluster.desk
    ana = await desk.agent("tecnico", capacity=20)
    for i in range(6):
        opened = await desk.opened()
        _, errors = await together(
            [
                claim_chat(cluster.spread(ana, i), opened.chat.id),
                close_chat(desk.as_customer(opened), opened.chat.id),
            ]
        )
        assert kinds(errors) <= {(ChatClosed, "chat_closed")}
        (leg,) = await desk.legs(opened.chat.id)
        chat = await desk.chat(opened.chat.id)
        assert chat.status is ChatStatus.CLOSED
        assert (leg.agent_id is None) == bool(errors) == (leg.outcome is LegOutcome.ABANDONED)
    assert (await desk.user(ana)).active_chats == 0


# Sends and ends


async def test_the_same_send_50_times_at_once_stores_one_row_and_answers_equally(cluster: Cluster) -> None:
    desk = cluster.desk
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    fine, errors = await together(
        send_message(cluster.spread(zé, i), opened.chat.id, body="Alô", client_id="a") for i in range(50)
    )
    assert errors == []
    assert len({(sent.message.id, sent.message.seq, sent.message.sent_at) for sent in fine}) == 1
    assert [sent.repeated for sent in fine].count(False) == 1
    assert await desk.lines(opened.chat.id) == ["Oi", "Alô"]
    assert len(await desk.events(chat_stream(opened.chat.id))) == 2


async def test_sends_at_once_are_numbered_without_gap_and_told_in_order(cluster: Cluster) -> None:
    desk = cluster.desk
    ana = await desk.agent("tecnico")
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    sides = (ana, desk.as_customer(opened))
    _, errors = await together(
        send_message(cluster.spread(sides[i % 2], i // 2), opened.chat.id, body=str(i)) for i in range(30)
    )
    assert errors == []
    async with desk.db.read() as session:
        query = select(col(Message.seq), col(Message.body)).order_by(col(Message.seq))
        stored = [tuple(row) for row in await session.execute(query)]
    assert [seq for seq, _ in stored] == list(range(1, 33))
    told = [(e.seq, e.body) for e in await desk.events(chat_stream(opened.chat.id)) if hasattr(e, "body")]  # type: ignore[attr-defined]
    assert told == stored


async def test_nothing_is_said_after_the_end_however_close_they_run(cluster: Cluster) -> None:
    desk = cluster.desk
    for _ in range(4):
        ana, opened = await desk.agent("tecnico"), await desk.opened()
        await claim_chat(ana, opened.chat.id)
        sends = [send_message(cluster.spread(ana, i), opened.chat.id, body=str(i)) for i in range(6)]
        sends.insert(3, close_chat(desk.as_customer(opened), opened.chat.id))  # type: ignore[arg-type]
        fine, errors = await together(sends)
        assert kinds(errors) <= {(ChatClosed, "chat_closed")}
        assert len(fine) + len(errors) == 7
        events = await desk.events(chat_stream(opened.chat.id))
        assert isinstance(events[-1], ChatEnded)
        assert len(await desk.lines(opened.chat.id)) == len(fine) - 1 + 1


async def test_a_chat_ends_once_however_many_end_it(cluster: Cluster) -> None:
    desk = cluster.desk
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    callers = [ana, rui, desk.as_customer(opened)] * 4
    fine, errors = await together(close_chat(cluster.spread(who, i), opened.chat.id) for i, who in enumerate(callers))
    assert (len(fine), errors) == (12, [])
    assert len({(chat.close_reason, chat.closed_by, chat.closed_at) for chat in fine}) == 1
    ends = [e for e in await desk.events(chat_stream(opened.chat.id)) if isinstance(e, ChatEnded)]
    assert len(ends) == 1
    assert len(await desk.lines(opened.chat.id, MessageKind.EVENT)) == 2
    assert (await desk.user(ana)).active_chats == 0
    assert fine[0].close_reason in {CloseReason.RESOLVED, CloseReason.CUSTOMER_LEFT}


async def test_read_marks_at_once_only_grow(cluster: Cluster) -> None:
    desk = cluster.desk
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    for i in range(9):
        await send_message(zé, opened.chat.id, body=str(i))
    _, errors = await together(mark_read(cluster.spread(zé, i), opened.chat.id, seq=i) for i in range(1, 11))
    assert errors == []
    assert (await desk.chat(opened.chat.id)).customer_read_seq == 10
    marks = [e.seq for e in await desk.events(chat_stream(opened.chat.id)) if type(e).__name__ == "MessagesRead"]  # type: ignore[attr-defined]
    assert marks == sorted(set(marks))


# Openings


async def test_the_same_opening_key_at_once_opens_one_chat(cluster: Cluster) -> None:
    desk = cluster.desk
    opening = replace(desk.opening(), key="k1")
    fine, errors = await together(open_chat(cluster.spread(desk.anonymous, i), opening) for i in range(12))
    assert errors == []
    assert len({opened.chat.id for opened in fine}) == 1
    assert [opened.repeated for opened in fine].count(False) == 1
    assert await desk.count(Chat) == await desk.count(Customer) == await desk.count(Message) == 1
    stored = (await desk.chat(fine[0].chat.id)).token_hash
    assert [opened.customer.token_hash for opened in fine].count(stored or "") == 1


async def test_the_same_key_for_other_words_at_once_opens_one_and_refuses_the_rest(cluster: Cluster) -> None:
    desk = cluster.desk
    opening = desk.opening()
    openings = [replace(opening, key="k1", message=str(i)) for i in range(6)]
    fine, errors = await together(open_chat(cluster.spread(desk.anonymous, i), o) for i, o in enumerate(openings))
    assert len(fine) == 1
    assert kinds(errors) == {(IdempotencyMismatch, "key_reused")}


async def test_the_same_external_id_at_once_opens_one_chat(cluster: Cluster) -> None:
    desk = cluster.desk
    bot = await desk.bot()
    opening = replace(desk.opening(), external_id="5511")
    fine, errors = await together(open_chat(cluster.spread(bot, i), opening) for i in range(10))
    assert errors == []
    assert len({opened.chat.id for opened in fine}) == 1


async def test_a_new_cpf_at_once_makes_one_customer(cluster: Cluster) -> None:
    desk = cluster.desk
    cpf = valid_cpf(7)
    fine, errors = await together(
        open_chat(cluster.spread(desk.anonymous, i), desk.opening(cpf=cpf, name=str(i))) for i in range(10)
    )
    assert errors == []
    assert len({opened.chat.id for opened in fine}) == 10
    assert len({opened.chat.customer_id for opened in fine}) == await desk.count(Customer) == 1


async def test_protocols_are_distinct_and_without_gap_under_load(cluster: Cluster) -> None:
    desk = cluster.desk
    slugs = ("tecnico", "comercial", "administrativo")
    fine, errors = await together(
        open_chat(cluster.spread(desk.anonymous, i), desk.opening(slugs[i % 3])) for i in range(30)
    )
    assert errors == []
    assert sorted(opened.chat.protocol for opened in fine) == [f"20260302-{i:06d}" for i in range(1, 31)]


# Staff


async def test_the_last_two_administrators_cannot_both_go(cluster: Cluster) -> None:
    desk = cluster.desk
    for change in (UserChange(active=False), UserChange(role=Role.AGENT)):
        bosses = [await desk.admin(), await desk.admin()]
        everybody = await admins(desk)
        for other in everybody - {person(boss).user_id for boss in bosses}:
            await update_user(bosses[0], other, UserChange(role=Role.AGENT))
        fine, errors = await together(
            update_user(cluster.spread(boss, i), person(bosses[1 - i]).user_id, change) for i, boss in enumerate(bosses)
        )
        assert kinds(errors) == {(Conflict, "last_admin")}
        assert len(fine) == 1
        assert len(await admins(desk)) == 1


async def test_processes_that_start_at_once_on_an_empty_desk_make_one_first_administrator(cluster: Cluster) -> None:
    settings = cluster.desk.running.services.settings
    passwords = await asyncio.gather(
        _first_admin(cluster.desk.running, settings), _first_admin(cluster.second, settings)
    )
    assert len([password for password in passwords if password]) == 1
    assert len(await admins(cluster.desk)) == 1


async def test_somebody_who_goes_takes_no_chat_along(cluster: Cluster) -> None:
    desk = cluster.desk
    boss = await desk.admin()
    for _ in range(4):
        ana = await desk.agent("tecnico")
        chat = await desk.waiting()
        await together(
            [
                claim_chat(cluster.spread(ana, 1), chat.id),
                update_user(boss, person(ana).user_id, UserChange(active=False)),
            ]
        )
        user, now = await desk.user(ana), await desk.chat(chat.id)
        assert user.active == (now.agent_id is not None)
        assert user.active_chats == int(user.active)


async def test_somebody_who_goes_takes_no_ticket_along(cluster: Cluster) -> None:
    """A ticket weighs on nobody, so their load says nothing of it."""
    desk = cluster.desk
    boss, rui = await desk.admin(), await desk.supervisor()
    for way in (_claimed_ticket, _assigned_ticket, _transferred_ticket):
        for _ in range(3):
            ana = await desk.agent("tecnico")
            ticket, taking = await way(cluster, rui, ana)
            _, errors = await together([taking, update_user(boss, person(ana).user_id, UserChange(active=False))])
            user, now = await desk.user(ana), await desk.chat(ticket.id)
            assert len(errors) == 1
            assert user.active == (now.agent_id == user.id)


async def test_a_ticket_is_not_given_to_who_is_just_going(cluster: Cluster) -> None:
    """The one who gives it found them active; it waits for who holds their row, and looks again."""
    desk = cluster.desk
    rui = await desk.supervisor()
    # On SQLite already the first look waits.
    refused = {(Conflict, "may_not_attend"), (NotFound, "user_not_found")}
    refusals = {
        _claimed_ticket: {(Forbidden, "not_allowed")},
        _assigned_ticket: refused,
        _transferred_ticket: refused,
    }
    for way, expected in refusals.items():
        ana = await desk.agent("tecnico")
        ticket, taking = await way(cluster, rui, ana)
        before = await desk.chat(ticket.id)
        async with desk.db.transaction() as tx:
            user = await tx.session.get_one(User, person(ana).user_id, with_for_update=True)
            user.active = False
            tx.session.add(user)
            await tx.session.flush()
            given = asyncio.ensure_future(together([taking]))
            await asyncio.sleep(0.3)
            assert not given.done()
        fine, errors = await given
        assert (fine, len(errors)) == ([], 1)
        assert kinds(errors) <= expected
        assert await desk.chat(ticket.id) == before


async def _claimed_ticket(cluster: Cluster, rui: Context, ana: Context) -> tuple[Chat, Awaitable[Chat]]:
    ticket = await turn_into_ticket(rui, (await cluster.desk.waiting()).id)
    return ticket, claim_chat(cluster.spread(ana, 1), ticket.id)


async def _assigned_ticket(cluster: Cluster, rui: Context, ana: Context) -> tuple[Chat, Awaitable[Chat]]:
    ticket = await turn_into_ticket(rui, (await cluster.desk.waiting()).id)
    return ticket, assign_chat(cluster.spread(rui, 1), ticket.id, agent_id=person(ana).user_id)


async def _transferred_ticket(cluster: Cluster, rui: Context, ana: Context) -> tuple[Chat, Awaitable[Chat]]:
    ticket = await turn_into_ticket(rui, (await cluster.desk.waiting()).id)
    await claim_chat(rui, ticket.id)
    given = transfer_chat(cluster.spread(rui, 1), ticket.id, agent_id=person(ana).user_id, reason="?")
    return ticket, given


async def test_the_ledger_of_a_day_never_overlaps(cluster: Cluster) -> None:
    desk = cluster.desk
    ana = await desk.agent("tecnico")
    choices = [Availability.ONLINE, Availability.OFFLINE] * 6
    _, errors = await together(set_availability(cluster.spread(ana, i), choice) for i, choice in enumerate(choices))
    assert errors == []
    async with desk.db.read() as session:
        mine = col(StatusInterval.user_id) == person(ana).user_id
        rows = list((await session.execute(select(StatusInterval).where(mine))).scalars())
    (current,) = [row for row in rows if row.ended_at is None]
    assert current.status is (await desk.user(ana)).status


async def test_two_changes_of_a_department_at_once_are_both_kept(cluster: Cluster) -> None:
    desk = cluster.desk
    boss = await desk.admin()
    for i in range(4):
        tecnico = await desk.department("tecnico")
        name, target = f"Suporte {i}", timedelta(seconds=90 + i)
        _, errors = await together(
            [
                update_department(boss, tecnico.id, DepartmentChange(name=name)),
                update_department(cluster.spread(boss, 1), tecnico.id, DepartmentChange(wait_target=target)),
            ]
        )
        assert errors == []
        stored = await desk.department("tecnico")
        assert (stored.name, stored.wait_target) == (name, target)


async def test_a_lease_is_taken_by_exactly_one(cluster: Cluster) -> None:
    desk = cluster.desk
    for _ in range(3):
        fine, errors = await together(
            take_lease(cluster.spread(desk.system, i), name="job", holder=str(i), length=timedelta(minutes=1))
            for i in range(10)
        )
        assert (fine.count(True), errors) == (1, [])
        desk.clock.advance(minutes=1)


async def test_every_stream_is_numbered_without_gap_whatever_happened(cluster: Cluster) -> None:
    desk = cluster.desk
    agents = [await desk.agent("tecnico", "comercial", capacity=3) for _ in range(4)]
    opened = [await desk.opened(slug) for slug in ("tecnico", "comercial") * 4]
    await together(
        [
            *(claim_next(cluster.spread(who, i)) for i, who in enumerate(agents * 3)),
            *(send_message(cluster.spread(desk.as_customer(o), i), o.chat.id, body="?") for i, o in enumerate(opened)),
            *(close_chat(desk.as_customer(o), o.chat.id) for o in opened[::2]),
        ]
    )
    async with desk.db.read() as session:
        query = select(col(EventRow.stream), col(EventRow.seq)).order_by(col(EventRow.stream), col(EventRow.seq))
        by_stream: dict[str, list[int]] = {}
        for stream, seq in await session.execute(query):
            by_stream.setdefault(stream, []).append(seq)
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in by_stream.values())
    assert await desk.db.heads(by_stream) == {stream: len(seqs) for stream, seqs in by_stream.items()}
    assert len(await list_departments(desk.system)) == 3


async def all_chats(desk: Desk) -> list[Chat]:
    async with desk.db.read() as session:
        return list((await session.execute(select(Chat))).scalars())


async def admins(desk: Desk) -> set[Any]:
    """The ids of active administrators."""
    async with desk.db.read() as session:
        query = select(col(User.id)).where(col(User.role) == Role.ADMIN, col(User.active))
        return set((await session.execute(query)).scalars())


async def test_an_empty_queue_is_empty_for_everybody_at_once(cluster: Cluster) -> None:
    desk = cluster.desk
    agents = [await desk.agent("tecnico") for _ in range(4)]
    _, errors = await together(claim_next(cluster.spread(who, i)) for i, who in enumerate(agents))
    assert kinds(errors) == {(NotFound, "queue_empty")}
    assert len(errors) == 4


# Proving who one is


async def test_a_link_a_recovery_code_and_a_code_of_the_app_each_open_once(cluster: Cluster) -> None:
    desk = cluster.desk
    boss, bia = await desk.admin(), await desk.agent()
    email = (await desk.user(bia)).email
    secret, recovery = await switched_on(desk, bia)
    with pytest.raises(SecondFactorNeeded) as needed:
        await sign_in(desk.anonymous, email=email, password=PASSWORD)
    for code in (next_code(desk, secret), recovery[0]):
        before = await desk.count(Session)
        tries = [
            confirm_sign_in(cluster.spread(desk.anonymous, i), ticket=needed.value.ticket, code=code) for i in range(8)
        ]
        fine, errors = await together(tries)
        assert (len(fine), await desk.count(Session)) == (1, before + 1)
        # Of many codes at once, most are not even looked at.
        assert kinds(errors) <= {(Invalid, "wrong_code"), (RateLimited, "too_many_requests")}
        desk.clock.advance(minutes=20)
        with pytest.raises(SecondFactorNeeded) as needed:
            await sign_in(desk.anonymous, email=email, password=PASSWORD)

    link = (await reset_password(boss, person(await desk.agent()).user_id)).link
    token = link.path.partition("#")[2] if link else ""
    tries = [
        set_password(cluster.spread(desk.anonymous, i), token=token, password=f"own long secret {i}") for i in range(8)
    ]
    fine, errors = await together(tries)
    assert len(fine) == 1
    assert kinds(errors) == {(NotFound, "link_not_found")}
