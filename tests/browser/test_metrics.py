"""A figure is opened into what is behind it: the tile, the page, its legs, the conversation of one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Agent
from tests.browser.test_dashboard import ACT, OPEN, tile
from tests.server import Server

SAY = """async ([id, body]) => {
  const query = `mutation { sendMessage(chatId: "${id}", clientId: "${crypto.randomUUID()}", body: "${body}") {
    userErrors { message } } }`
  const answer = await fetch('/graphql', {
    method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({query})
  })
  return (await answer.json()).data.sendMessage.userErrors
}"""


def attended(server: Server, page: Page, chats: int) -> None:
    """So many chats are claimed, answered and closed by the person at the page."""
    agent = Agent(page, server)
    agent.sign_in()
    agent.attend()
    expect(page.get_by_label("Sua disponibilidade")).to_contain_text("Disponível")
    for _ in range(chats):
        chat = page.evaluate(OPEN)
        assert page.evaluate(ACT, ["claimChat", chat]) == []
        assert page.evaluate(SAY, [chat, "Bom dia"]) == []
        assert page.evaluate(ACT, ["closeChat", chat]) == []


def test_a_tile_opens_its_legs_which_recompute_to_it_and_open_their_conversation(
    server: Server, person: Callable[..., Page]
) -> None:
    page = person()
    attended(server, page, 3)
    page.goto(f"{server.url}/admin/")
    expect(tile(page, "Nível de serviço")).to_have_text("100%")
    page.get_by_role("link", name="Nível de serviço").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nível de serviço")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="3 de 3, 100%. Confere.")).to_be_visible()

    page.get_by_label("Número", exact=True).select_option("HANDLE_TIME")
    expect(page).to_have_url(f"{server.url}/admin/numeros?figure=HANDLE_TIME")
    expect(page.get_by_role("status").filter(has_text="Recalculado das 3 linhas abaixo")).to_contain_text("Confere.")
    expect(page.get_by_role("row")).to_have_count(4)

    page.get_by_label("Setor", exact=True).select_option(label="Comercial")
    expect(page.get_by_text("Nada no período")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("row")).to_have_count(4)
    with page.expect_download() as download:
        page.get_by_role("link", name="por setor").click()
    assert "Técnico" in download.value.path().read_text()

    page.get_by_role("row").nth(1).get_by_role("link").press("Enter")
    expect(page.get_by_text("Bom dia")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="TMA")).to_be_visible()


@pytest.mark.environment(ALIDASH_RATE_OPEN="1000/minute", ALIDASH_RATE_OPEN_CPF="1000/minute")
def test_a_figure_of_many_legs_is_recomputed_once_all_are_on_screen(
    server: Server, person: Callable[..., Page]
) -> None:
    page = person()
    agent = Agent(page, server)
    agent.sign_in()
    for _ in range(52):
        page.evaluate(OPEN)
    page.goto(f"{server.url}/admin/numeros?figure=OFFERED")
    expect(page.get_by_role("status").filter(has_text="50 de 52")).to_be_visible()
    page.get_by_role("button", name="Carregar mais").click()
    expect(page.get_by_role("status").filter(has_text="Contado nas linhas abaixo: 52. Confere.")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(53)


def test_a_period_that_is_too_long_is_told_and_leaves_nothing_misleading(
    server: Server, person: Callable[..., Page]
) -> None:
    page = person()
    attended(server, page, 1)
    page.goto(f"{server.url}/admin/numeros?figure=OFFERED")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_label("De", exact=True).fill("2020-01-01")
    page.get_by_label("De", exact=True).press("Tab")
    expect(page.get_by_text("dura no máximo 400 dias")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(0)


def test_the_page_of_a_figure_fits_every_screen(server: Server, person: Callable[..., Page]) -> None:
    page = person()
    attended(server, page, 1)
    page.goto(f"{server.url}/admin/numeros?figure=SERVICE_LEVEL")
    expect(page.get_by_role("row")).to_have_count(2)
    beyond = """() => [...document.querySelectorAll('main *')].filter(
      (one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.sr-only')).length"""
    for width in (360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(beyond) == 0, width
