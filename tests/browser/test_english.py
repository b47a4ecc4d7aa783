"""A day in English, in the light theme, by the keyboard alone; and not a word of Portuguese on any page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import settled
from tests.browser.people import CPF, Agent
from tests.browser.screens import panel_paths
from tests.server import Server

FOCUSED = (
    "() => { const {activeElement: one} = document; return one.getAttribute('aria-label') || one.innerText || '' }"
)
DATA = ("Técnico", "Português", "Administração", "José")
"""Names, which are nobody's to translate."""
PORTUGUESE = re.compile(
    r"\w*[ãõçáéíóúâêô]\w*|\b(?:nenhum|nenhuma|todos|todas|salvar|novo|nova|hoje|setor|fila)\b", re.I
)
LIGHT = """() => {
  const pen = document.createElement('canvas').getContext('2d')
  pen.fillStyle = getComputedStyle(document.documentElement).backgroundColor
  pen.fillRect(0, 0, 1, 1)
  return pen.getImageData(0, 0, 1, 1).data.every((part) => part > 200)
}"""


def portuguese_in(text: str) -> set[str]:
    """Words that only Portuguese has, other than names."""
    for name in DATA:
        text = text.replace(name, "")
    return set(PORTUGUESE.findall(text))


def press(page: Page, name: str, *, most: int = 60) -> None:
    """Go on by Tab to what has this name, and press it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).strip().startswith(name):
            return page.keyboard.press("Enter")
    raise AssertionError(f"Tab does not lead to {name!r}")


def sign_in_by_keyboard(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/meu-painel/")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("admin@alidash.example")
    page.keyboard.press("Tab")
    page.keyboard.type(server.password)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Meus atendimentos")).to_be_visible()


def visit_in_english(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/teste-widget/?idioma=en&setor=tecnico")
    page.get_by_role("button", name="Open support chat").press("Enter")
    name = page.get_by_label("Your name")
    while not name.evaluate("one => one.getRootNode().activeElement === one"):
        page.keyboard.press("Tab")
    for text in ("Joe Miller", CPF, "No internet since noon"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are next")).to_be_visible()


@pytest.mark.environment(ALIDASH_LOCALE="en")
def test_a_day_in_english_and_in_the_light_by_keyboard_alone(server: Server, person: Callable[..., Page]) -> None:
    page, customer = person(), person(420, 800)
    sign_in_by_keyboard(page, server)
    press(page, "Abrir o menu do perfil")
    press(page, "English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    press(page, "Light")
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.wait_for_function(LIGHT)
    press(page, "Your availability")
    press(page, "Available")
    visit_in_english(customer, server)

    expect(page.get_by_text("1 person waiting")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label("Write a message")).to_be_focused()
    page.keyboard.type("Good afternoon, I am looking into it.")
    page.keyboard.press("Enter")
    expect(customer.get_by_role("log").get_by_text("I am looking into it")).to_be_visible()
    expect(customer.get_by_text("Attending you")).to_be_visible()
    customer.keyboard.type("Thank you!")
    customer.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Thank you!")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "Close", most=9)
    expect(customer.get_by_text("This chat has ended.")).to_be_visible()
    assert portuguese_in(customer.get_by_role("log").inner_text()) == set()


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_no_page_says_a_word_of_portuguese_in_english(server: Server, person: Callable[..., Page]) -> None:
    page = person()
    Agent(page, server).sign_in()
    page.evaluate("localStorage.setItem('alidash.locale', 'en')")
    found: dict[str, set[str]] = {}
    for name, path in panel_paths().items():
        page.goto(f"{server.url}{path}")
        settled(page)
        found[name] = portuguese_in(page.locator("body").inner_text() + page.title())
    assert {name: words for name, words in found.items() if words} == {}


def test_who_wants_no_motion_has_another_theme_at_once(server: Server, person: Callable[..., Page]) -> None:
    agent = Agent(person(), server)
    agent.page.emulate_media(reduced_motion="reduce")
    agent.sign_in()
    agent.page.get_by_label("Abrir o menu do perfil").click()
    settled(agent.page)
    moving = agent.page.evaluate(
        "() => { document.documentElement.dataset.theme = 'light'; return document.getAnimations().length }"
    )
    assert moving == 0
    assert agent.page.evaluate(LIGHT)
