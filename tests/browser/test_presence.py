"""An agent's browser goes: what their customer and the desk see of it, for real."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server

pytestmark = pytest.mark.environment(ALIDASH_PRESENCE_LEASE="PT6S", ALIDASH_ORPHAN_AFTER="PT2S")


def attended(server: Server, person: Callable[..., Page]) -> tuple[Customer, Agent]:
    """A customer whose agent has claimed the chat and owes the answer."""
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    agent.sign_in()
    agent.attend()
    customer.visit()
    customer.open_chat("Estou sem internet")
    agent.page.get_by_role("listitem").filter(has_text="José Pereira").get_by_role("button", name="Atender").click()
    expect(customer.page.get_by_text("Em atendimento")).to_be_visible()
    return customer, agent


def test_the_chat_of_an_agent_whose_browser_died_returns_to_the_queue(
    server: Server, person: Callable[..., Page]
) -> None:
    customer, agent = attended(server, person)
    agent.page.context.close()
    expect(customer.line("A conversa voltou para a fila")).to_have_count(1, timeout=40_000)
    expect(customer.page.get_by_text("Ninguém online")).to_be_visible()
    again = Agent(person(), server)
    again.sign_in()
    again.page.get_by_role("listitem").filter(has_text="José Pereira").get_by_role("button", name="Atender").click()
    again.write("Desculpe, já voltei.")
    expect(customer.line("Desculpe, já voltei.")).to_have_count(1)


def test_an_agent_who_reloads_within_the_grace_was_never_gone(server: Server, person: Callable[..., Page]) -> None:
    customer, agent = attended(server, person)
    for _ in range(3):
        agent.page.reload()
        expect(agent.line("Estou sem internet")).to_have_count(1)
        agent.page.wait_for_timeout(4_000)
    agent.write("Um momento, por favor.")
    expect(customer.line("Um momento, por favor.")).to_have_count(1)
    expect(customer.line("A conversa voltou para a fila")).to_have_count(0)
