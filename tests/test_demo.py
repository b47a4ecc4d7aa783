"""The demo's desk, as it begins."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from api.demo import network, outage
from api.demo.office import ERRANDS, OWN, REPLIES, furnish
from api.demo.people import ADMIN, OFFICE, OFFICE_HOURS, hire
from api.demo.steps import Day
from api.events import NETWORK, Delivery
from api.models.enums import ChatKind, IncidentStatus
from api.resolvers.api_keys import list_api_keys
from api.resolvers.canned_replies import list_canned_replies
from api.resolvers.chats import ChatFilter, by_creation, list_chats
from api.resolvers.holidays import list_holidays
from api.resolvers.incidents import IncidentFilter, counts_of, list_incidents
from api.resolvers.pages import PageRequest
from api.resolvers.replying import replies_of
from api.resolvers.tree import network_summary
from api.services import assemble, opened
from tests.people import Desk


async def test_one_department_of_the_demo_has_business_hours(desk: Desk) -> None:
    await hire(desk.running)
    assert (await desk.department(OFFICE)).hours == OFFICE_HOURS
    assert (await desk.department("tecnico")).hours == ()


async def test_every_device_of_the_demo_reports_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    team = await hire(desk.running)
    admin = team.contexts[ADMIN]
    await network.build(admin)
    assert (await network_summary(admin)).unknown == len(network.DEVICES)
    monkeypatch.setattr(network, "REPAIRED_AFTER", (0.0, 0.0))
    arrived = asyncio.Event()

    def heard(deliveries: Sequence[Delivery]) -> None:
        if all(delivery.stream == NETWORK for delivery in deliveries):
            arrived.set()

    living = asyncio.create_task(network.live(desk.running))
    desk.db.publish = heard
    async with asyncio.timeout(30):
        while (await network_summary(admin)).online < len(network.DEVICES):
            await arrived.wait()
            arrived.clear()
    living.cancel()


async def test_the_demo_begins_in_an_outage_that_its_customers_wrote_of_and_were_answered(desk: Desk) -> None:
    day = Day(desk.clock())
    end = day.now + timedelta(hours=2)
    async with opened(assemble(desk.running.services.settings, day.clock)) as running:
        team = await hire(running)
        admin = team.contexts[ADMIN]
        await outage.plan(day, running, team, await network.build(admin), end)
        await day.live_until(end)
        summary = await network_summary(admin)
        assert (summary.offline, summary.unreachable, summary.online) == (2, 1, len(network.DEVICES) - 2)
        (incident,) = (await list_incidents(admin, IncidentFilter(), PageRequest())).rows
        assert (incident.status, incident.title) == (IncidentStatus.CONFIRMED, outage.TITLE)
        (reply,) = (await replies_of(admin, [incident.id]))[incident.id]
        told = sum(ago > outage.REPLIED for _, ago, _ in outage.WRITERS)
        assert (await counts_of(admin, [incident.id]))[incident.id].chats == len(outage.WRITERS)
        assert (reply.sent, reply.failed) == (told, 0)


async def test_the_desk_of_the_demo_has_something_on_every_page(desk: Desk) -> None:
    team = await hire(desk.running)
    admin = team.contexts[ADMIN]
    await furnish(team)
    shortcuts = {reply.shortcut for reply in await list_canned_replies(team.contexts["ana@alidash.example"])}
    assert shortcuts == {OWN[0], *(shortcut for shortcut, _, _ in REPLIES)}
    assert len(await list_api_keys(admin)) == 1
    assert {day.name for day in await list_holidays(admin, year=admin.now().year)} >= {"Natal", "Tiradentes"}
    tickets = (await list_chats(admin, ChatFilter(kind=ChatKind.TICKET), by_creation, PageRequest())).rows
    assert {(chat.subject, chat.agent_id is not None) for chat in tickets} == {
        (errand.subject, errand.agent is not None) for errand in ERRANDS
    }
