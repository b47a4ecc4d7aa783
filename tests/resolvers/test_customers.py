"""Who writes to us, as the staff may see them."""

from uuid import uuid4

import pytest
from sqlmodel import col, select

from api.errors import Conflict, Invalid, NotFound, RateLimited
from api.events import ChatChanged, chat_stream
from api.models import AuditEntry, Customer
from api.models.enums import CpfPolicy, Permission
from api.resolvers.customers import (
    CustomerChange,
    count_customers,
    customers_by_id,
    get_customer,
    list_customers,
    update_customer,
)
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.pages import PageRequest
from api.resolvers.revealing import reveal_cpf
from tests.people import Desk, person

CPF = "529.982.247-25"


async def test_agents_see_the_customers_of_chats_that_they_see(desk: Desk) -> None:
    ana, bia, rui = await desk.agent("tecnico"), await desk.agent("comercial"), await desk.supervisor()
    chat = await desk.waiting("tecnico", cpf="529.982.247-25")
    for who in (ana, rui):
        card = (await customers_by_id(who, [chat.customer_id]))[chat.customer_id]
        assert (card.customer.name, card.cpf_masked) == ("Zé", "***.982.247-**")
    assert await customers_by_id(bia, [chat.customer_id]) == {}


async def test_a_customer_without_a_cpf_has_none_to_mask(desk: Desk) -> None:
    boss = await desk.admin()
    tecnico = await desk.department("tecnico")
    await update_department(boss, tecnico.id, DepartmentChange(cpf_policy=CpfPolicy.OPTIONAL))
    chat = await desk.waiting(cpf=None)
    assert (await customers_by_id(boss, [chat.customer_id]))[chat.customer_id].cpf_masked is None


async def revelations(desk: Desk) -> list[AuditEntry]:
    """What the audit log tells of CPFs that were shown."""
    async with desk.db.read() as session:
        query = select(AuditEntry).where(col(AuditEntry.action) == "reveal_cpf").order_by(col(AuditEntry.seq))
        return list((await session.execute(query)).scalars())


async def test_a_cpf_is_shown_whole_once_its_reason_is_in_the_log(desk: Desk) -> None:
    ana = await desk.agent("tecnico", permissions=(Permission.CPF_REVEAL,))
    chat = await desk.waiting("tecnico", cpf=CPF)
    assert await reveal_cpf(ana, chat.customer_id, reason=" Segunda via do boleto ") == CPF
    (entry,) = await revelations(desk)
    assert (entry.actor, entry.object) == (f"user:{person(ana).user_id}", f"customer:{chat.customer_id}")
    assert (entry.before, entry.after) == (None, {"reason": "Segunda via do boleto"})
    contents = str(await desk.db_contents())
    assert CPF not in contents
    assert "52998224725" not in contents


async def test_each_look_at_a_cpf_is_an_entry_of_its_own(desk: Desk) -> None:
    boss = await desk.admin()
    chat = await desk.waiting(cpf=CPF)
    for reason in ("Boleto", "Boleto"):
        await reveal_cpf(boss, chat.customer_id, reason=reason)
    assert len(await revelations(desk)) == 2


@pytest.mark.settings(rate_reveal="2/hour")
async def test_whole_cpfs_are_shown_to_each_person_so_many_times(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico", permissions=(Permission.CPF_REVEAL,))
    chat = await desk.waiting("tecnico", cpf=CPF)
    for _ in range(2):
        await reveal_cpf(ana, chat.customer_id, reason="Boleto")
    # A session of its own is no second allowance.
    again = await desk.signed_in((await desk.user(ana)).email)
    for who in (ana, again):
        async with desk.refused(RateLimited, "too_many_requests"):
            await reveal_cpf(who, chat.customer_id, reason="Boleto")
    assert await reveal_cpf(boss, chat.customer_id, reason="Boleto") == CPF
    assert len(await revelations(desk)) == 3


async def test_only_the_cpf_of_a_customer_whose_chat_one_sees_is_shown(desk: Desk) -> None:
    bia = await desk.agent("comercial", permissions=(Permission.CPF_REVEAL,))
    chat = await desk.waiting("tecnico", cpf=CPF)
    for customer_id in (chat.customer_id, uuid4()):
        async with desk.refused(NotFound, "customer_not_found"):
            await reveal_cpf(bia, customer_id, reason="Boleto")


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("", "required"),
        (" \n ", "required"),
        ("x" * 501, "too_long"),
        ("Conferir 529.982.247-25", "cpf_in_reason"),
        ("52998224725", "cpf_in_reason"),
        # Anybody's: or else one could try here whose it is, and leave no entry.
        ("é o 111.444.777-35?", "cpf_in_reason"),
    ],
)
async def test_a_cpf_needs_a_reason_and_the_reason_no_cpf(desk: Desk, reason: str, refusal: str) -> None:
    boss = await desk.admin()
    chat = await desk.waiting(cpf=CPF)
    async with desk.refused(Invalid, refusal, field=("reason",)):
        await reveal_cpf(boss, chat.customer_id, reason=reason)


async def test_a_protocol_in_the_reason_is_no_cpf(desk: Desk) -> None:
    boss = await desk.admin()
    chat = await desk.waiting(cpf=CPF)
    for reason in (f"Protocolo {chat.protocol}", "Ligação de 11 98765-4321", "Pedido 12345678901"):
        assert await reveal_cpf(boss, chat.customer_id, reason=reason) == CPF


async def test_a_cpf_that_was_not_given_cannot_be_shown(desk: Desk) -> None:
    boss = await desk.admin()
    await update_department(
        boss, (await desk.department("tecnico")).id, DepartmentChange(cpf_policy=CpfPolicy.OPTIONAL)
    )
    chat = await desk.waiting(cpf=None)
    async with desk.refused(Conflict, "no_cpf"):
        await reveal_cpf(boss, chat.customer_id, reason="Boleto")


async def test_customers_are_found_by_what_is_known_of_them_and_by_a_whole_cpf(desk: Desk) -> None:
    ana, bia, rui = await desk.agent("tecnico"), await desk.agent("comercial"), await desk.supervisor()
    ze = await desk.waiting("tecnico", cpf=CPF, name="Zé", email="ze@x.com", phone="+5511987654321")
    eva = await desk.waiting("comercial", cpf="111.444.777-35", name="Eva")

    async def found(who: object, search: str | None) -> list[str]:
        page = await list_customers(who, search, PageRequest())  # type: ignore[arg-type]
        assert await count_customers(who, search) == len(page.rows)  # type: ignore[arg-type]
        return [customer.name for customer in page.rows]

    assert await found(rui, None) == ["Eva", "Zé"]
    assert (await found(ana, None), await found(bia, None)) == (["Zé"], ["Eva"])
    for search in ("zé", "ZE@X", "98765", CPF, "52998224725"):
        assert (await found(rui, search), await found(bia, search)) == (["Zé"], [])
    # A part of a CPF finds nobody: it would be guessed digit by digit.
    assert await found(rui, "529.982") == []
    assert await found(rui, "%") == []
    card = await get_customer(ana, cpf=CPF)
    assert (card.customer.id, card.cpf_masked) == (ze.customer_id, "***.982.247-**")
    assert (await get_customer(bia, id=eva.customer_id)).customer.name == "Eva"
    for wanted in ({"id": ze.customer_id}, {"cpf": CPF}):
        async with desk.refused(NotFound, "customer_not_found"):
            await get_customer(bia, **wanted)  # type: ignore[arg-type]
    for wanted, field in (({}, "id"), ({"id": ze.customer_id, "cpf": CPF}, "id"), ({"cpf": "1"}, "cpf")):
        async with desk.refused(Invalid, "bad_cpf" if field == "cpf" else "id_or_cpf", field=(field,)):
            await get_customer(ana, **wanted)  # type: ignore[arg-type]


async def test_two_chats_of_one_customer_list_them_once(desk: Desk) -> None:
    boss = await desk.admin()
    for _ in range(2):
        await desk.waiting(cpf=CPF)
    assert await desk.count(Customer) == await count_customers(boss, None) == 1


# Correcting


async def entries(desk: Desk, action: str) -> list[AuditEntry]:
    """What the audit log tells of an act."""
    async with desk.db.read() as session:
        query = select(AuditEntry).where(col(AuditEntry.action) == action).order_by(col(AuditEntry.seq))
        return list((await session.execute(query)).scalars())


async def test_who_attends_corrects_what_is_known_of_a_customer(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana, cpf=CPF, email="zee@x.example")
    change = CustomerChange(name=" José  da Silva ", email="ze@x.example", phone="11 98765-0001", company="Padaria")
    corrected = (await update_customer(ana, chat.customer_id, change)).customer
    stored = (await get_customer(ana, cpf=CPF)).customer
    for row in (corrected, stored):
        known = (row.id, row.name, row.email, row.phone, row.company)
        assert known == (chat.customer_id, "José da Silva", "ze@x.example", "+5511987650001", "Padaria")
    assert (await desk.chat(chat.id)).customer_name == "Zé", "what they said of themselves in a chat stays said"


async def test_the_log_tells_what_was_corrected_and_not_from_what_to_what(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana, name="Kanarieantes", email="kanarie@x.example")
    await update_customer(ana, chat.customer_id, CustomerChange(name="Kanariedepois", email=""))
    (entry,) = await entries(desk, "update_customer")
    assert (entry.actor, entry.object) == (f"user:{person(ana).user_id}", f"customer:{chat.customer_id}")
    assert (entry.before, entry.after) == (None, {"changed": ["email", "name"]})


async def test_a_correction_leaves_what_it_does_not_name(desk: Desk) -> None:
    """Of two at once nothing is lost: each names what was typed anew."""
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await desk.active(ana, email="ze@x.example", phone="+5511987650001")
    await update_customer(ana, chat.customer_id, CustomerChange(phone="+5511987650002"))
    await update_customer(rui, chat.customer_id, CustomerChange(email=""))
    row = (await get_customer(ana, id=chat.customer_id)).customer
    assert (row.name, row.email, row.phone) == ("Zé", None, "+5511987650002")


async def test_a_correction_that_corrects_nothing_leaves_no_trace(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana, phone="+5511987650001")
    async with desk.nothing_changes():
        await update_customer(ana, chat.customer_id, CustomerChange())
        await update_customer(ana, chat.customer_id, CustomerChange(name="Zé", phone="11 98765-0001", company=""))


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        (CustomerChange(name=" "), "required", "name"),
        (CustomerChange(name="x" * 121), "too_long", "name"),
        (CustomerChange(email="nobody"), "bad_email", "email"),
        (CustomerChange(phone="12"), "bad_phone", "phone"),
        (CustomerChange(company="x" * 121), "too_long", "company"),
    ],
)
async def test_what_is_no_name_or_address_corrects_nothing(
    desk: Desk, change: CustomerChange, refusal: str, field: str
) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    async with desk.refused(Invalid, refusal, field=(field,)):
        await update_customer(ana, chat.customer_id, change)


async def test_only_a_customer_whose_chat_one_sees_is_corrected(desk: Desk) -> None:
    bia = await desk.agent("comercial")
    chat = await desk.waiting("tecnico")
    for customer_id in (chat.customer_id, uuid4()):
        async with desk.refused(NotFound, "customer_not_found"):
            await update_customer(bia, customer_id, CustomerChange(name="Outro"))


async def test_the_open_chats_of_who_was_corrected_are_read_anew(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    ended = await desk.closed(ana, cpf=CPF)
    chat = await desk.active(ana, cpf=CPF)
    before = {it.id: len(await desk.events(chat_stream(it.id))) for it in (ended, chat)}
    await update_customer(ana, chat.customer_id, CustomerChange(name="José"))
    assert (await desk.events(chat_stream(chat.id)))[before[chat.id] :] == [ChatChanged(chat_id=chat.id)]
    assert len(await desk.events(chat_stream(ended.id))) == before[ended.id]
