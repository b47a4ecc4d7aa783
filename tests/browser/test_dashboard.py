"""The dashboard follows the desk, for real: what happens to a chat is on the screen by itself."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.boards import ACT, OPEN, tile
from tests.browser.people import Agent, Customer
from tests.server import Server


def at_the_dashboard(server: Server, page: Page) -> None:
    """Sign in and look."""
    Agent(page, server).sign_in()
    page.goto(f"{server.url}/admin/")
    expect(tile(page, "Na fila")).to_have_text("0")


def test_a_chat_that_opens_is_claimed_and_closed_is_shown_by_itself(
    server: Server, person: Callable[..., Page]
) -> None:
    boss, hand = person(), person()
    at_the_dashboard(server, boss)
    agent = Agent(hand, server)
    agent.sign_in()
    agent.attend()
    expect(tile(boss, "Atendentes disponíveis")).to_have_text("1")

    chat = hand.evaluate(OPEN)
    expect(tile(boss, "Na fila")).to_have_text("1")
    assert hand.evaluate(ACT, ["claimChat", chat]) == []
    expect(tile(boss, "Em atendimento")).to_have_text("1")
    expect(tile(boss, "Na fila")).to_have_text("0")
    assert hand.evaluate(ACT, ["closeChat", chat]) == []
    expect(tile(boss, "Em atendimento")).to_have_text("0")
    expect(tile(boss, "Chamados recebidos")).to_have_text("1")


def test_the_longest_wait_ticks_and_the_table_says_what_the_chart_draws(
    server: Server, person: Callable[..., Page]
) -> None:
    page = person()
    at_the_dashboard(server, page)
    customer = Customer(person(420, 800), server)
    customer.visit()
    customer.open_chat("Estou sem internet")
    wait = tile(page, "Maior espera")
    expect(wait).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    before = wait.inner_text()
    expect(wait).not_to_have_text(before)
    assert wait.inner_text() > before
    expect(page.get_by_role("img", name="A hora mais movimentada de hoje")).to_be_visible()
    page.get_by_text("Ver como tabela").click()
    expect(page.get_by_role("columnheader", name="Hoje", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="Técnico")).to_contain_text("1")


def test_a_server_that_went_away_is_said_and_the_figures_come_back_live(
    server: Server, person: Callable[..., Page]
) -> None:
    page = person()
    at_the_dashboard(server, page)
    expect(page.get_by_text("Ao vivo")).to_be_visible()
    server.kill()
    expect(page.get_by_text("Números das")).to_be_visible()
    expect(tile(page, "Na fila")).to_have_text("0")
    server.start()
    expect(page.get_by_text("Ao vivo")).to_be_visible(timeout=40_000)
    Customer(other := person(420, 800), server).visit()
    Customer(other, server).open_chat("Voltou?")
    expect(tile(page, "Na fila")).to_have_text("1")


def test_the_dashboard_fits_every_screen(server: Server, person: Callable[..., Page]) -> None:
    page = person()
    at_the_dashboard(server, page)
    expect(page.get_by_text("Banco de dados")).to_be_visible()
    fits = "() => [...document.querySelectorAll('main *')].every((one) => one.scrollWidth <= innerWidth)"
    for width in (360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        # The chart takes its new width a moment after the page has.
        page.wait_for_function(fits)
