"""What people see and set of themselves: their day, their profile, tokens for their programs; and who may do what."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server


def test_an_agents_day_tells_what_they_handled_and_how_long_they_paused_for_what(
    server: Server, person: Callable[..., Page]
) -> None:
    agent, customer = Agent(person(), server), Customer(person(420, 800), server)
    agent.sign_in()
    agent.attend()
    customer.visit()
    customer.open_chat("Estou sem internet")
    page = agent.page
    page.get_by_role("listitem").filter(has_text="José Pereira").get_by_role("button", name="Atender").click()
    agent.write("Resolvido?")
    expect(customer.line("Resolvido?")).to_have_count(1)
    customer.end()
    expect(page.get_by_text("Atendimento encerrado")).to_be_visible()
    page.get_by_label("Sua disponibilidade").click()
    figures = page.locator("dl").filter(has_text="Atendidos")
    expect(figures.locator("dd")).to_have_count(3)
    expect(figures.locator("dd").first).to_have_text("1")
    expect(figures.locator("dd").last).to_have_text("—")

    status = page.get_by_label("Sua disponibilidade")
    page.get_by_role("button", name="Almoço").click()
    expect(status).to_contain_text("Almoço")
    # A pause is told to others only while it lasts, and to oneself all day.
    expect(status.get_by_role("time")).to_have_text(re.compile(r"[1-9]"))
    page.reload()
    expect(status).to_contain_text("Almoço")
    status.click()
    page.get_by_role("button", name="Disponível", exact=True).click()
    expect(status).to_contain_text("Disponível")
    status.click()
    ledger = page.locator("section").filter(has=page.get_by_role("heading", name="Hoje"))
    expect(ledger.locator("dt").filter(has_text="Almoço")).to_be_visible()
    lunch = ledger.locator("dt:text-is('Almoço') + dd")
    expect(lunch).to_have_text(re.compile(r"^00:0\d:\d\d$"))
    assert lunch.inner_text() != "00:00:00"


def test_somebody_renames_themselves_and_makes_and_revokes_a_token(server: Server, person: Callable[..., Page]) -> None:
    agent = Agent(person(), server)
    agent.sign_in()
    page = agent.page
    page.goto(f"{server.url}/meu-painel/perfil")
    page.get_by_label("Nome", exact=True).fill("Rita Alves")
    page.get_by_label("Ramal").fill("204")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("Perfil salvo.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Nome", exact=True)).to_have_value("Rita Alves")
    page.get_by_role("button", name="Novo token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill("Painel da TV")
    dialog.get_by_label("Ver métricas").check()
    dialog.get_by_role("button", name="Novo token").click()
    expect(dialog.locator("code")).to_contain_text("staff_")
    page.keyboard.press("Escape")
    tokens = page.get_by_role("region", name="Tokens para programas")
    expect(tokens.get_by_role("listitem")).to_contain_text("Ver métricas")
    tokens.get_by_role("button", name="Revogar: Painel da TV").click()
    dialog.get_by_role("button", name="Revogar").click()
    expect(tokens.get_by_text("Nenhum token")).to_be_visible()


def test_an_administrator_reads_who_may_do_what_and_grants_a_permission(
    server: Server, person: Callable[..., Page]
) -> None:
    boss = Agent(person(), server)
    boss.sign_in()
    page = boss.page
    page.goto(f"{server.url}/admin/usuarios")
    page.get_by_role("button", name="Novo usuário").first.click()
    page.get_by_label("Nome", exact=True).fill("Ana Lima")
    page.get_by_label("E-mail").fill("ana@desk.example")
    page.get_by_role("button", name="Novo usuário").last.click()
    expect(page.get_by_role("dialog").locator("code")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ana Lima").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Permissões", exact=True).first.click()
    expect(dialog.get_by_label("Atender clientes")).to_be_disabled()
    expect(dialog.get_by_label("Atender clientes")).to_be_checked()
    dialog.get_by_label("Exportar dados").check()
    dialog.get_by_role("button", name="Salvar").click()
    page.get_by_role("link", name="Quem pode o quê").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Exportar dados"))
    expect(row).to_contain_text("Ana Lima")
    expect(row.get_by_role("cell").first).to_contain_text("sim")


def test_these_pages_fit_a_telephone(server: Server, person: Callable[..., Page]) -> None:
    boss = Agent(person(360, 740), server)
    boss.sign_in()
    for path, seen in (("/admin/usuarios/permissoes", "Permissão"), ("/meu-painel/perfil", "Nenhum token")):
        boss.page.goto(f"{server.url}{path}")
        expect(boss.page.get_by_text(seen).first).to_be_visible()
        assert boss.page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
