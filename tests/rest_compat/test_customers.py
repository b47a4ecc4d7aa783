"""POST /network/customers/."""

from typing import Any
from uuid import UUID, uuid4

from api.models import Customer
from api.models.enums import Role, Scope
from api.resolvers.access_points import AccessPointDetails, create_access_point
from tests.people import valid_cpf
from tests.rest_compat.callers import Door, refusal

PATH = "/network/customers/"
CPF = valid_cpf(400_000_002)


async def test_a_billing_system_says_what_a_customer_hangs_on(door: Door) -> None:
    boss = await door.desk.admin()
    north, south = [await create_access_point(boss, AccessPointDetails(name)) for name in ("Norte", "Sul")]
    erp = await door.key(Scope.CUSTOMER_WRITE)
    told = []
    for place in ("Norte", "Norte", str(south.id), None):
        answer = await erp.post(PATH, cpf=CPF, name="Ana", access_point=place)
        assert answer.status_code == 200, answer.text
        told.append(answer.json()["outcome"])
        async with door.desk.db.read() as session:
            customer = await session.get_one(Customer, UUID(answer.json()["customer_id"]))
            expected = {"Norte": north.id, str(south.id): south.id, None: None}[place]
            assert (customer.name, customer.access_point_id) == ("Ana", expected)
    assert told == ["added", "unchanged", "changed", "changed"]


async def test_what_cannot_be_used_is_refused_by_its_field(door: Door) -> None:
    boss = await door.desk.admin()
    for _ in range(2):
        await create_access_point(boss, AccessPointDetails("Torre"))
    erp = await door.key(Scope.CUSTOMER_WRITE)
    faults: list[tuple[dict[str, Any], int, str, str]] = [
        ({"cpf": "123", "name": "Ana"}, 400, "INVALID", "cpf"),
        ({"cpf": CPF}, 400, "INVALID", "name"),
        ({"cpf": CPF, "name": "Ana", "access_point": "Nenhuma"}, 404, "NOT_FOUND", "access_point"),
        ({"cpf": CPF, "name": "Ana", "access_point": "Torre"}, 400, "INVALID", "access_point"),
        ({"name": "Ana"}, 400, "INVALID", "cpf"),
    ]
    async with door.nothing_changes():
        for body, status, code, field in faults:
            assert list(refusal(await erp.post(PATH, **body), status, code)["errors"]) == [field]


async def test_placing_customers_is_for_who_may(door: Door) -> None:
    body: dict[str, Any] = {"cpf": CPF, "name": "Ana"}
    refusal(await door.anybody.post(PATH, **body), 401, "UNAUTHENTICATED")
    for caller in (
        await door.customer(),
        await door.key(Scope.CHAT_WRITE),
        await door.agent("tecnico"),
        await door.staff(Role.SUPERVISOR, "tecnico"),
    ):
        async with door.nothing_changes():
            refusal(await caller.post(PATH, **body), 403, "FORBIDDEN")
    assert (await (await door.admin()).post(PATH, **body)).status_code == 200


async def test_access_point_at_the_opening_is_a_keys_to_tell(door: Door) -> None:
    point = await create_access_point(await door.desk.admin(), AccessPointDetails("Torre"))
    bot, given = await door.key(Scope.CHAT_WRITE), door.opening(access_point=str(point.id))
    async with door.nothing_changes():
        faults = refusal(await door.anybody.post("/chat/init/", **given), 400, "INVALID")["errors"]
        assert list(faults) == ["access_point"]
        unknown: dict[str, Any] = given | {"access_point": str(uuid4())}
        assert list(refusal(await bot.post("/chat/init/", **unknown), 404, "NOT_FOUND")["errors"]) == ["access_point"]
        odd: dict[str, Any] = given | {"access_point": "Torre"}
        assert list(refusal(await bot.post("/chat/init/", **odd), 400, "INVALID")["errors"]) == ["access_point"]
    opened = await bot.post("/chat/init/", **given)
    async with door.desk.db.read() as session:
        chat = await door.desk.chat(UUID(opened.json()["chat_id"]))
        assert (await session.get_one(Customer, chat.customer_id)).access_point_id == point.id
