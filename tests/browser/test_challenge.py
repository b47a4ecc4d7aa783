"""A desk that asks who comes for proof of work: the widget gives it by itself, and says that it does."""

from collections.abc import Callable

import httpx2 as httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server

NOTED = """new MutationObserver((changes) => {
  for (const { addedNodes, target } of changes)
    if (target.role === 'status') for (const node of addedNodes) (window.said ||= []).push(node.textContent)
}).observe(document.querySelector('alidash-widget').shadowRoot, { childList: true, subtree: true })"""


@pytest.mark.environment(ALIDASH_CHALLENGE="always", ALIDASH_CHALLENGE_BITS="14")
def test_a_customer_who_is_asked_for_proof_opens_a_chat_as_anybody_else(
    server: Server, person: Callable[..., Page]
) -> None:
    customer, agent = Customer(person(360, 800), server), Agent(person(), server)
    asked: list[str] = []
    customer.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    customer.visit()
    expect(customer.page.get_by_label("Seu nome")).to_be_visible()
    assert "widget-proof.js" not in asked, "nobody loads it before it is asked for"
    customer.page.evaluate(NOTED)
    customer.open_chat("Sem internet desde ontem")
    expect(customer.line("Sem internet desde ontem")).to_be_visible()
    expect(customer.page.get_by_label("Escreva uma mensagem")).to_be_focused()
    assert asked.count("widget-proof.js") == 1
    assert "Um instante: preparando a conversa…" in customer.page.evaluate("window.said")
    agent.sign_in()
    expect(agent.page.get_by_text("José Pereira").first).to_be_visible()
    # A page of another origin, where the widget is embedded, may load it as well.
    script = httpx.get(f"{server.url}/widget-proof.js", headers={"origin": "https://isp.example"})
    assert script.headers["access-control-allow-origin"] in ("*", "https://isp.example")
