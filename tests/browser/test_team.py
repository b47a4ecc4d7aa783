"""A supervisor watches the team: who attends, whom with, and steps in."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server

ANA = "ana@desk.example"


def row(page: Page, name: str) -> Locator:
    """One member's row."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name, exact=True))


def standing(server: Server, person: Callable[..., Page]) -> tuple[Agent, Agent, Customer]:
    """A supervisor before the team, and an agent who attends a customer."""
    boss, ana, customer = Agent(person(), server), Agent(person(), server), Customer(person(420, 800), server)
    boss.sign_in()
    boss.hire("Ana Lima", ANA)
    ana.sign_in_first(boss.links[ANA])
    boss.page.goto(f"{server.url}/admin/equipe")
    expect(row(boss.page, "Ana Lima").get_by_role("button")).to_contain_text("Indisponível")
    ana.attend()
    expect(row(boss.page, "Ana Lima").get_by_role("button")).to_contain_text("Disponível")
    customer.visit()
    customer.open_chat("Estou sem internet")
    ana.page.get_by_role("listitem").filter(has_text="José Pereira").get_by_role("button", name="Atender").click()
    return boss, ana, customer


def test_a_supervisor_sees_the_team_move_and_sends_somebody_to_lunch(
    server: Server, person: Callable[..., Page]
) -> None:
    boss, ana, _ = standing(server, person)
    page = boss.page
    expect(row(page, "Ana Lima")).to_contain_text("1 de 5")
    expect(row(page, "Ana Lima")).to_contain_text("espera resposta")
    ana.write("Bom dia, já verifico.")
    expect(row(page, "Ana Lima")).to_contain_text("espera o cliente")
    row(page, "Ana Lima").get_by_role("button", name=re.compile("Disponibilidade de Ana Lima")).click()
    page.get_by_role("dialog").get_by_role("button", name="Almoço").click()
    expect(page.get_by_role("region", name=re.compile("Em pausa"))).to_contain_text("Ana Lima")
    expect(ana.page.get_by_label("Sua disponibilidade")).to_contain_text("Almoço")
    page.get_by_label("Situação").select_option("ONLINE")
    expect(row(page, "Ana Lima")).to_have_count(0)


def test_a_supervisor_reads_along_leaves_a_note_and_takes_the_chat_over(
    server: Server, person: Callable[..., Page]
) -> None:
    boss, ana, customer = standing(server, person)
    page = boss.page
    page.get_by_role("link", name="Acompanhar a conversa de José Pereira com Ana Lima").click()
    expect(boss.line("Estou sem internet")).to_have_count(1)
    page.get_by_role("button", name="Escrever nota").click()
    page.get_by_label("Escreva uma nota que só a equipe vê").fill("Ofereça a visita técnica.")
    page.get_by_role("button", name="Guardar nota").click()
    expect(ana.line("Ofereça a visita técnica.")).to_have_count(1)
    page.get_by_role("button", name="Assumir").click()
    page.get_by_role("dialog").get_by_role("button", name="Assumir").click()
    boss.write("Aqui é a supervisão.")
    expect(customer.line("Aqui é a supervisão.")).to_have_count(1)
    expect(customer.line("Ofereça a visita técnica.")).to_have_count(0)
    expect(ana.page.get_by_text("Você só acompanha.")).to_be_visible()
    page.get_by_role("link", name="Voltar à equipe").first.click()
    expect(row(page, "Ana Lima")).to_contain_text("0 de 5")


def test_the_team_fits_a_telephone(server: Server, person: Callable[..., Page]) -> None:
    boss = Agent(person(360, 740), server)
    boss.sign_in()
    boss.page.goto(f"{server.url}/admin/equipe")
    expect(boss.page.get_by_role("heading", name="Equipe")).to_be_visible()
    expect(boss.page.get_by_role("region").first).to_be_visible()
    assert boss.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert boss.page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
