"""A department that is closed: set in the panel, told in the widget, and a ticket left, found and answered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.people import CPF, Agent, Customer
from tests.server import Server

WEEKDAYS = ("Segunda", "Terça", "Quarta", "Quinta", "Sexta", "Sábado", "Domingo")


def weekday_not_near() -> str:
    """Neither today nor tomorrow, so that it is closed now, and still when midnight falls into the test."""
    day = datetime.now(ZoneInfo("America/Sao_Paulo")) + timedelta(days=3)
    return WEEKDAYS[day.weekday()]


def close(admin: Page, server: Server, weekday: str) -> None:
    """Open Técnico on one other day of the week only, with tickets until then."""
    admin.goto(f"{server.url}/admin/setores")
    admin.get_by_role("button", name="Técnico").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("button", name=f"Horário: {weekday}").click()
    opens = dialog.get_by_label(f"{weekday}: abre")
    expect(opens).to_be_focused()
    opens.fill("18:00")
    expect(dialog.get_by_text("A abertura vem antes do fechamento.")).to_be_visible()
    opens.fill("08:30")
    dialog.get_by_label("Quem chega fora do horário").select_option("TICKET")
    dialog.get_by_label("Mensagem fora do horário").fill("Nossa equipe volta em breve.")
    dialog.get_by_role("button", name="Salvar").click()
    expect(admin.get_by_role("row").filter(has_text="Técnico")).to_contain_text("Fechado agora")


def test_out_of_hours_a_customer_leaves_a_ticket_that_is_found_and_answered(
    server: Server, person: Callable[..., Page]
) -> None:
    agent, customer = Agent(person(), server), Customer(person(420, 800), server)
    agent.sign_in()
    weekday = weekday_not_near()
    close(agent.page, server, weekday)

    customer.visit()
    page = customer.page
    expect(page.get_by_text(f"Fechado: abre {weekday.lower()} às 08:30")).to_be_visible()
    page.get_by_role("radio", name="Técnico").check(force=True)
    expect(page.get_by_text("Nossa equipe volta em breve.")).to_be_visible()
    page.get_by_label("Seu nome").fill("José Pereira")
    page.get_by_label("CPF").press_sequentially(CPF.replace(".", "").replace("-", ""))
    page.get_by_label("Como podemos ajudar?").fill("Sem internet desde ontem")
    page.get_by_role("button", name="Deixar um chamado").click()
    expect(page.get_by_label("Telefone ou e-mail")).to_be_focused()
    page.get_by_label("Telefone ou e-mail").fill("jose@example.com")
    page.get_by_role("button", name="Deixar um chamado").click()
    expect(page.get_by_text("Recebemos o seu chamado")).to_be_visible()
    expect(page.get_by_text("Chamado: respondemos depois")).to_be_visible()

    agent.page.goto(f"{server.url}/meu-painel/tickets")
    agent.page.get_by_role("link", name="Sem internet desde ontem").click()
    expect(agent.page.get_by_text("Contato para a resposta: jose@example.com.")).to_be_visible()
    agent.page.get_by_role("button", name="Atender", exact=True).click()
    agent.write("Resolvido: era o cabo da rua.")

    expect(customer.line("Resolvido: era o cabo da rua.")).to_have_count(1)
    page.reload()
    expect(customer.line("Resolvido: era o cabo da rua.")).to_have_count(1)
