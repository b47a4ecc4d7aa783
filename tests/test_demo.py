"""The demo's desk, as it begins."""

import asyncio
from collections.abc import Sequence

from api.demo import network
from api.demo.people import ADMIN, OFFICE, OFFICE_HOURS, hire
from api.events import NETWORK, Delivery
from api.resolvers.network import network_summary
from tests.people import Desk


async def test_one_department_of_the_demo_has_business_hours(desk: Desk) -> None:
    await hire(desk.running)
    assert (await desk.department(OFFICE)).hours == OFFICE_HOURS
    assert (await desk.department("tecnico")).hours == ()


async def test_every_device_of_the_demo_reports_by_itself(desk: Desk) -> None:
    team = await hire(desk.running)
    admin = team.contexts[ADMIN]
    await network.build(admin)
    assert (await network_summary(admin)).unknown == len(network.DEVICES)
    arrived = asyncio.Event()

    def heard(deliveries: Sequence[Delivery]) -> None:
        if all(delivery.stream == NETWORK for delivery in deliveries):
            arrived.set()

    living = asyncio.create_task(network.live(desk.running))
    desk.db.publish = heard
    async with asyncio.timeout(10):
        while (await network_summary(admin)).online < len(network.DEVICES):
            await arrived.wait()
            arrived.clear()
    living.cancel()
