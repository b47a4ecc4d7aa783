"""A customer and an agent talk: the whole path, for real."""

import csv
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server


def test_a_chat_from_the_widget_is_claimed_answered_survives_f5_and_is_closed_with_its_times(
    server: Server, person: Callable[..., Page]
) -> None:
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    agent.sign_in()
    agent.attend()
    customer.visit()
    customer.open_chat("Estou sem internet desde cedo")
    expect(customer.line("Estou sem internet desde cedo")).to_have_count(1)
    expect(customer.page.get_by_text("Você é o próximo")).to_be_visible()

    row = agent.page.get_by_role("listitem").filter(has_text="José Pereira")
    expect(row).to_contain_text("Estou sem internet desde cedo")
    row.get_by_role("button", name="Atender").click()
    expect(agent.line("Estou sem internet desde cedo")).to_have_count(1)
    expect(agent.page.get_by_text("***.982.247-**")).to_be_visible()

    agent.write("Bom dia! Vou verificar o seu sinal.")
    expect(customer.line("Bom dia! Vou verificar o seu sinal.")).to_have_count(1)
    expect(customer.page.get_by_text("Em atendimento")).to_be_visible()
    customer.write("Obrigado, fico no aguardo")
    expect(agent.line("Obrigado, fico no aguardo")).to_have_count(1)

    customer.page.reload()
    agent.page.reload()
    for side in (customer, agent):
        for text in (
            "Estou sem internet desde cedo",
            "Bom dia! Vou verificar o seu sinal.",
            "Obrigado, fico no aguardo",
        ):
            expect(side.line(text)).to_have_count(1)
    customer.write("A luz voltou!")
    expect(agent.line("A luz voltou!")).to_have_count(1)
    agent.write("Que bom. Posso encerrar?")
    expect(customer.line("Que bom. Posso encerrar?")).to_have_count(1)

    agent.page.get_by_role("button", name="Encerrar", exact=True).first.click()
    agent.page.get_by_role("dialog").get_by_role("button", name="Encerrar").click()
    expect(agent.page.get_by_text("Atendimento encerrado").first).to_be_visible()
    expect(customer.page.get_by_text("Conversa encerrada.")).to_be_visible()
    customer.page.get_by_role("radio", name="5").check(force=True)
    customer.page.get_by_role("button", name="Avaliar").click()
    expect(customer.page.get_by_text("Obrigado pela avaliação!")).to_be_visible()
    _require_in_history(agent)


def _require_in_history(agent: Agent) -> None:
    """It is found by its words, narrowed by filters, and the file holds what the screen does."""
    row, page = agent.search_history("internet", "José Pereira"), agent.page
    expect(row).to_contain_text("5/5")
    page.get_by_label("Motivo").select_option(label="Abandonado")
    expect(page.get_by_text("Nada encontrado")).to_be_visible()
    assert _rows_of_csv(page) == []
    page.get_by_label("Motivo").select_option(label="Resolvido")
    page.get_by_label("Setor").select_option(label="Técnico")
    expect(row).to_have_count(1)
    (exported,) = _rows_of_csv(page)
    assert exported["Protocolo"] in row.inner_text()
    expected = {"Cliente": "José Pereira", "Setor": "Técnico", "Nota": "5", "CPF": "***.982.247-**"}
    assert {name: exported[name] for name in expected} == expected


def _rows_of_csv(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("link", name="Baixar CSV").click()
    return list(csv.DictReader(download.value.path().read_text("utf-8-sig").splitlines(), delimiter=";"))


def test_killing_the_server_in_the_middle_of_sends_loses_and_doubles_nothing(
    server: Server, person: Callable[..., Page]
) -> None:
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    agent.sign_in()
    agent.attend()
    customer.visit()
    customer.open_chat("Primeira mensagem")
    agent.page.get_by_role("listitem").filter(has_text="José Pereira").get_by_role("button", name="Atender").click()
    expect(agent.line("Primeira mensagem")).to_have_count(1)

    said = []
    for number in range(12):
        if number == 4:
            server.kill()
        if number == 8:
            server.start()
        customer.write(f"do cliente {number:02}")
        agent.write(f"do atendente {number:02}")
        said += [f"do cliente {number:02}", f"do atendente {number:02}"]
    for side in (customer, agent):
        for text in said:
            expect(side.line(text)).to_have_count(1, timeout=40_000)
    assert _order(customer) == _order(agent)

    for side in (customer, agent):
        side.page.reload()
        for text in said:
            expect(side.line(text)).to_have_count(1)


def _order(side: Customer | Agent) -> list[str]:
    """The lines as one side sees them, top to bottom."""
    text = side.page.get_by_role("log").inner_text()
    return re.findall(r"do (?:cliente|atendente) \d\d", text)
