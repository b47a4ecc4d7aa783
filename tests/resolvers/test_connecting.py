"""Which piece of network customers hang on: by hand, by a key, by a list."""

from uuid import uuid4

from sqlmodel import col, select

from api.errors import Forbidden, Invalid, NotFound
from api.models import AuditEntry, Customer
from api.models.enums import Scope
from api.resolvers.access_points import delete_access_point
from api.resolvers.connecting import (
    Placed,
    Placement,
    count_customers_of,
    import_customers,
    place_customer,
    set_customer_access_point,
)
from tests.network import Network
from tests.people import Desk, valid_cpf

MARIA, JOSE = valid_cpf(700_000_001), valid_cpf(700_000_002)


async def acts(desk: Desk) -> list[str]:
    async with desk.db.read() as session:
        query = select(AuditEntry).where(col(AuditEntry.action).in_(["set_customer_access_point", "import_customers"]))
        return [entry.action for entry in (await session.execute(query.order_by(col(AuditEntry.seq)))).scalars()]


async def test_an_agent_says_where_a_customer_of_theirs_hangs_and_that_is_audited_once(desk: Desk) -> None:
    network = await Network.of(desk)
    point, ana, bia = await network.point(), await desk.agent("tecnico"), await desk.agent("comercial")
    chat = await desk.waiting("tecnico")
    for _ in range(2):
        card = await set_customer_access_point(ana, chat.customer_id, point.id)
        assert card.customer.access_point_id == point.id
    assert await acts(desk) == ["set_customer_access_point"]
    assert await count_customers_of(network.boss, [point.id]) == {point.id: 1}
    async with desk.refused(NotFound, "customer_not_found"):
        await set_customer_access_point(bia, chat.customer_id, point.id)
    async with desk.refused(NotFound, "access_point_not_found", field=("accessPointId",)):
        await set_customer_access_point(ana, chat.customer_id, uuid4())
    await delete_access_point(network.boss, point.id)
    async with desk.db.read() as session:
        assert (await session.get_one(Customer, chat.customer_id)).access_point_id is None


async def test_a_list_is_placed_line_by_line_and_again_changes_nothing(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    await network.point("Filial")
    await network.point("Filial")
    key = await desk.machine(Scope.CUSTOMER_WRITE)
    lines = [
        Placement(MARIA, "Torre", "Maria"),
        Placement(JOSE, str(point.id), "José"),
        Placement("111", "Torre", "Ninguém"),
        Placement(valid_cpf(700_000_003), "Torre"),
        Placement(MARIA, "Nada"),
        Placement(MARIA, "Filial"),
    ]
    reasons = ["bad_cpf", "customer_name_needed", "access_point_not_found", "access_point_ambiguous"]
    for outcome in (Placed.ADDED, Placed.UNCHANGED):
        results = await import_customers(key, lines)
        assert [result.outcome for result in results] == [outcome] * 2 + [Placed.FAILED] * 4
        assert [result.error.reason for result in results if result.error] == reasons
    assert await count_customers_of(network.boss, [point.id]) == {point.id: 2}
    moved = await place_customer(key, Placement(MARIA))
    assert moved.outcome is Placed.CHANGED
    assert await count_customers_of(network.boss, [point.id]) == {point.id: 1}
    async with desk.refused(NotFound, "access_point_not_found"):
        await place_customer(key, Placement(MARIA, "Nada"))
    async with desk.refused(Invalid, "bad_number"):
        await import_customers(key, [])
    stranger = await desk.machine(Scope.NETWORK_REPORT)
    async with desk.refused(Forbidden, "not_allowed"):
        await import_customers(stranger, lines)


async def test_a_bot_names_the_point_at_opening_and_nobody_else_may(desk: Desk) -> None:
    network = await Network.of(desk)
    point, bot = await network.point(), await desk.bot()
    await desk.opened(by=bot, access_point_id=point.id, cpf=MARIA)
    await desk.opened(by=bot, cpf=MARIA)
    assert await count_customers_of(network.boss, [point.id]) == {point.id: 1}
    nobody = desk.anonymous
    async with desk.refused(Invalid, "api_key_only", field=("input", "accessPointId")):
        await desk.opened(by=nobody, access_point_id=point.id)
    async with desk.refused(NotFound, "access_point_not_found", field=("input", "accessPointId")):
        await desk.opened(by=bot, access_point_id=uuid4())
