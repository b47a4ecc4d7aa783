"""The keyboard of the panels: the palette, the single keys, and that nobody's typing sets them off."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server


def test_a_day_by_keyboard(server: Server, person: Callable[..., Page]) -> None:
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    page = agent.page
    agent.sign_in()
    customer.visit()
    customer.open_chat("Estou sem internet")
    expect(page.get_by_text("1 pessoa esperando")).to_be_visible()
    page.locator("body").press("c")
    box = page.get_by_label("Escreva uma mensagem")
    expect(box).to_be_focused()
    # What is typed is text, whatever its letters do elsewhere.
    box.press_sequentially("encerrar? c n p r e")
    expect(box).to_have_value("encerrar? c n p r e")
    expect(page.get_by_role("dialog")).to_have_count(0)
    box.press("Escape")
    page.keyboard.press("r")
    expect(box).to_be_focused()
    box.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Atalhos do teclado")).to_be_visible()
    page.get_by_role("switch", name="Atalhos de uma tecla").click()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Buscar e ir para").press_sequentially("encerrar o")
    expect(page.get_by_role("dialog").get_by_role("option", selected=True)).to_have_text("Encerrar o atendimento")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Encerrar o atendimento?")).to_be_visible()


def test_the_palette_opens_in_the_moment_in_which_another_dialog_closes(
    server: Server, person: Callable[..., Page]
) -> None:
    agent = Agent(person(), server)
    agent.sign_in()
    agent.page.keyboard.press("?")
    expect(agent.page.get_by_role("dialog", name="Atalhos do teclado")).to_be_visible()
    # Between the two the browser has not yet said that the first one is closed.
    agent.page.evaluate("""() => {
        document.querySelector("dialog").close()
        window.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }))
    }""")
    agent.page.get_by_role("combobox", name="Buscar e ir para").press_sequentially("audit")
    expect(agent.page.get_by_role("dialog").get_by_role("option", selected=True)).to_be_visible()


def test_the_palette_goes_to_pages_and_to_ones_own_chats(server: Server, person: Callable[..., Page]) -> None:
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    page = agent.page
    agent.sign_in()
    customer.visit()
    customer.open_chat("Estou sem internet")
    page.get_by_role("button", name="Próximo atendimento").click()
    expect(page.get_by_label("Escreva uma mensagem")).to_be_visible()
    # Also from within a field: nobody types Ctrl+K.
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Buscar e ir para")
    field.press_sequentially("audit")
    field.press("Enter")
    expect(page.get_by_role("heading", name="Auditoria")).to_be_visible()
    page.keyboard.press("Control+k")
    field.press_sequentially("jose")
    field.press("Enter")
    expect(page.get_by_role("heading", name="José Pereira")).to_be_visible()
