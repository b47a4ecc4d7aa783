"""The customer's card in the agent's cockpit."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import CPF, Agent, Customer
from tests.server import Server


def test_a_cpf_is_shown_for_its_reason_and_can_be_hidden(server: Server, person: Callable[..., Page]) -> None:
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    customer.visit()
    customer.open_chat("Preciso da segunda via")
    agent.sign_in()
    agent.page.get_by_role("button", name="Próximo atendimento").click()
    card = agent.page.get_by_role("complementary", name="Dados do cliente")
    expect(card.get_by_text("***.982.247-**")).to_be_visible()
    expect(card.get_by_text("Nenhum outro atendimento.")).to_be_visible()
    card.get_by_role("button", name="Mostrar o CPF").press("Enter")
    dialog = agent.page.get_by_role("dialog")
    reason = dialog.get_by_label("Motivo")
    reason.fill(f"Conferir {CPF}")
    dialog.get_by_role("button", name="Mostrar o CPF").click()
    expect(agent.page.get_by_text("Escreva o motivo sem o CPF")).to_be_visible()
    reason.fill("Segunda via do boleto")
    dialog.get_by_role("button", name="Mostrar o CPF").click()
    expect(card.get_by_text(CPF, exact=True)).to_be_visible()
    card.get_by_role("button", name="Ocultar").click()
    expect(card.get_by_text("***.982.247-**")).to_be_visible()
    expect(agent.page.get_by_text(CPF)).to_have_count(0)


def test_a_customer_is_corrected_and_both_who_look_see_it(server: Server, person: Callable[..., Page]) -> None:
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    customer.visit()
    customer.open_chat("Preciso da segunda via", name="Zoraide Quintella")
    agent.sign_in()
    agent.page.get_by_role("button", name="Próximo atendimento").click()
    card = agent.page.get_by_role("complementary", name="Dados do cliente")
    expect(card.get_by_text("Zoraide Quintella")).to_be_visible()
    other = agent.page.context.new_page()
    other.goto(agent.page.url)
    beside = other.get_by_role("complementary", name="Dados do cliente")
    expect(beside.get_by_text("Zoraide Quintella")).to_be_visible()
    card.get_by_role("button", name="Corrigir dados").press("Enter")
    dialog = agent.page.get_by_role("dialog", name="Corrigir os dados do cliente")
    dialog.get_by_label("Nome").fill("Zoraide Quintela")
    dialog.get_by_label("Telefone").fill("12")
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog.get_by_text("Telefone inválido.")).to_be_visible()
    dialog.get_by_label("Telefone").fill("11 98765-0001")
    dialog.get_by_role("button", name="Salvar").click()
    expect(agent.page.get_by_text("Os dados do cliente foram corrigidos.")).to_be_visible()
    for shown in (card, beside):
        expect(shown.get_by_text("Zoraide Quintela", exact=True)).to_be_visible()
        expect(shown.get_by_text("+5511987650001")).to_be_visible()
