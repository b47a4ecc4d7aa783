"""The demo's desk, as it begins."""

from api.demo.people import OFFICE, OFFICE_HOURS, hire
from tests.people import Desk


async def test_one_department_of_the_demo_has_business_hours(desk: Desk) -> None:
    await hire(desk.running)
    assert (await desk.department(OFFICE)).hours == OFFICE_HOURS
    assert (await desk.department("tecnico")).hours == ()
