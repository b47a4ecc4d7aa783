"""Who writes to us, as the staff may see them."""

from api.models.enums import CpfPolicy
from api.resolvers.customers import customers_by_id
from api.resolvers.departments import DepartmentChange, update_department
from tests.people import Desk


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
