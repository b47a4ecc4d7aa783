"""Every screen, on telephone, tablet and desk, in both languages and themes: nothing cut, foreign, or unreadable.

On the demo's desk, which has something on every page; it keeps its data in SQLite, and pages look alike on both.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.browser.conftest import Eyes
from tests.browser.looks import (
    SIGHTS,
    Requests,
    prefer,
    require_fits_and_readable,
    require_readable,
    require_whole,
    settled,
)
from tests.browser.people import Agent, Customer
from tests.browser.screens import (
    ADMIN,
    AGENT,
    FOUND_ON,
    OVER_CHAT,
    OVER_PAGES,
    Act,
    made_paths,
    one_thing,
    panel_paths,
)
from tests.server import Server, serving_demo

PATHS = panel_paths()
WIDE = ViewportSize(width=1440, height=900)

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A desk in the middle of its day."""
    with serving_demo(tmp_path_factory.mktemp("demo")) as server:
        yield server


@dataclass(frozen=True)
class Desk:
    """The demo with two people signed in."""

    server: Server
    cookies: dict[str, Any]
    chat: str
    """The path of a chat that the administrator attends, who may do everything with it."""


@pytest.fixture(scope="module")
def desk(demo: Server, browser: Browser) -> Iterator[Desk]:
    """An administrator and an agent have signed in; the administrator has claimed a chat and answered."""
    contexts = {email: browser.new_context(locale="pt-BR", viewport=WIDE) for email in (ADMIN, AGENT)}
    for email, context in contexts.items():
        Agent(context.new_page(), demo).sign_in(email)
    page = contexts[ADMIN].pages[0]
    page.get_by_role("button", name="Próximo atendimento").click()
    Agent(page, demo).write("Bom dia! Vou verificar o sinal da sua fibra agora mesmo, um instante, por favor.")
    expect(page.get_by_role("log").get_by_text("um instante, por favor")).to_be_visible()
    cookies = {email: context.storage_state() for email, context in contexts.items()}
    yield Desk(demo, cookies, urlsplit(page.url).path)
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def browsers(browser: Browser, desk: Desk) -> Iterator[dict[tuple[str, str], BrowserContext]]:
    """One of each person of the staff in each language: what a page is made of is fetched and compiled once."""
    made = {
        (email, language): browser.new_context(
            locale=language, viewport=WIDE, storage_state=cookies, reduced_motion="reduce"
        )
        for email, cookies in desk.cookies.items()
        for language in SIGHTS
    }
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def open_as(
    browser: Browser, browsers: dict[tuple[str, str], BrowserContext], desk: Desk, eyes: Eyes
) -> Iterator[Visit]:
    """Opens a page as somebody, in a language; fails the test when it asks another host for something."""
    pages: list[Page] = []
    asked: list[Requests] = []

    def visit(email: str | None, path: str, language: str) -> Page:
        # Who is not signed in may become somebody, and has a browser of their own.
        page = (
            browsers[email, language].new_page()
            if email
            else browser.new_page(locale=language, viewport=WIDE, reduced_motion="reduce")
        )
        pages.append(page)
        eyes.watch(page)
        asked.append(Requests(page, desk.server.url))
        # Nothing but who they are stays from one test to the next.
        page.add_init_script("localStorage.clear()")
        prefer(page, language, "dark")
        page.goto(f"{desk.server.url}{path}")
        settled(page)
        return page

    yield visit
    for page in pages:
        page.close()
    assert [url for one in asked for url in one.foreign] == []


@pytest.mark.parametrize("language", SIGHTS)
@pytest.mark.parametrize("name", PATHS)
def test_a_page_is_whole_and_readable(open_as: Visit, name: str, language: str) -> None:
    page = open_as(ADMIN, PATHS[name], language)
    expect(page).to_have_title(re.compile(r".+ · AliDash$"))
    require_whole(page, SIGHTS[language])


@pytest.mark.parametrize("language", SIGHTS)
@pytest.mark.parametrize("name", OVER_PAGES)
def test_what_opens_over_a_page_is_whole_and_readable(open_as: Visit, name: str, language: str) -> None:
    page = open_as(ADMIN, PATHS[name], language)
    _require_each_whole(page, OVER_PAGES[name], language)


@pytest.mark.parametrize("language", SIGHTS)
def test_an_open_chat_and_what_opens_over_it_is_whole_and_readable(open_as: Visit, desk: Desk, language: str) -> None:
    page = open_as(ADMIN, desk.chat, language)
    require_whole(page, SIGHTS[language])
    _require_each_whole(page, OVER_CHAT, language)


def _require_each_whole(page: Page, acts: Sequence[Act], language: str) -> None:
    """Open each in turn, look, and leave it by Escape."""
    for number, act in enumerate(acts):
        page.set_viewport_size(WIDE)
        act(page)
        settled(page)
        require_whole(page, SIGHTS[language], f"number {number} of what opens")
        page.keyboard.press("Escape")


@pytest.mark.parametrize("language", SIGHTS)
@pytest.mark.parametrize("name", FOUND_ON)
def test_the_page_of_one_thing_is_whole_and_readable(open_as: Visit, name: str, language: str) -> None:
    email, path = FOUND_ON[name]
    page = open_as(email, path, language)
    one_thing(page, path)
    settled(page)
    require_whole(page, SIGHTS[language])


def test_no_kind_of_page_was_forgotten() -> None:
    assert made_paths() == set(FOUND_ON)


@pytest.mark.parametrize("language", SIGHTS)
@pytest.mark.parametrize(("email", "path"), [(None, "/login/"), (AGENT, PATHS["apiKeys"]), (AGENT, "/admin/nada")])
def test_a_page_that_is_none_of_theirs_is_whole_and_readable(
    open_as: Visit, email: str | None, path: str, language: str
) -> None:
    page = open_as(email, path, language)
    require_whole(page, SIGHTS[language])


@pytest.mark.parametrize("path", ["/teste-widget/", "/api/v1/docs/", "/graphql"])
def test_a_page_beside_the_panels_fits_and_asks_nobody_else(open_as: Visit, path: str) -> None:
    page = open_as(ADMIN, path, "pt-BR")
    assert page.title()
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    # GraphiQL's tabs are buttons within a list that can be sorted by dragging, which is its own affair.
    require_readable(page, but=("nested-interactive",) if path == "/graphql" else ())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_widget_is_whole_and_readable_from_form_to_rating(
    open_as: Visit, desk: Desk, theme: Literal["light", "dark"]
) -> None:
    """Each state of its panel, on a telephone and on a desk."""
    page = open_as(None, "/teste-widget/", "pt-BR")
    page.emulate_media(color_scheme=theme)
    customer = Customer(page, desk.server)
    customer.visit()
    require_fits_and_readable(page, "the form")
    page.get_by_role("button", name="Iniciar conversa").click()
    require_fits_and_readable(page, "the form's complaints")
    customer.open_chat("Estou sem internet desde cedo, e a luz do aparelho pisca em vermelho", name=f"Rita {theme}")
    expect(customer.line("Estou sem internet desde cedo")).to_be_visible()
    require_fits_and_readable(page, "the conversation")
    page.get_by_role("button", name="Encerrar").first.click()
    require_fits_and_readable(page, "the question whether to end")
    page.get_by_role("button", name="Encerrar").last.click()
    expect(page.get_by_text("Conversa encerrada.")).to_be_visible()
    require_fits_and_readable(page, "the end")


@pytest.mark.parametrize("language", SIGHTS)
def test_the_page_of_the_first_password_is_whole_and_readable(open_as: Visit, desk: Desk, language: str) -> None:
    boss = Agent(open_as(ADMIN, PATHS["users"], "pt-BR"), desk.server)
    email = f"nova-{language.lower()}@alidash.example"
    boss.hire("Nova Pessoa", email)
    newcomer = Agent(open_as(None, boss.links[email].removeprefix(desk.server.url), language), desk.server)
    expect(newcomer.page.get_by_label(re.compile("Repita a senha|Repeat the new"))).to_be_visible()
    require_whole(newcomer.page, SIGHTS[language])


def test_the_bell_is_within_reach_beside_an_open_chat_on_a_telephone(open_as: Visit, desk: Desk) -> None:
    page = open_as(ADMIN, desk.chat, "pt-BR")
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.get_by_role("button", name="Buscar e ir para")).to_be_hidden()
    head = page.locator("main header")
    bell = page.get_by_role("button", name="Notificações")
    acts = [head.get_by_role("button", name=name) for name in ("Dados do cliente", "Ações do atendimento")]
    around, *within = (one.bounding_box() for one in (head, *acts, bell))
    assert around is not None
    edge = around["x"]
    for box in within:
        assert box is not None
        assert box["x"] >= edge
        assert box["y"] >= around["y"]
        assert box["y"] + box["height"] <= around["y"] + around["height"]
        edge = box["x"] + box["width"]
    assert edge <= 360
    bell.click()
    expect(page.get_by_role("region", name="Notificações")).to_be_visible()


@pytest.mark.parametrize("name", ["history", "metrics", "audit"])
def test_the_two_days_of_a_period_stand_side_by_side(open_as: Visit, name: str) -> None:
    page = open_as(ADMIN, PATHS[name], "pt-BR")
    for width in (360, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        days = page.locator("main input[type=date]")
        expect(days).to_have_count(2)
        tops = {round(box["y"]) for box in map(Locator.bounding_box, days.all()) if box}
        assert len(tops) == 1, f"{width} px"


def test_only_the_list_of_people_offers_to_add_one(open_as: Visit) -> None:
    for name, offered in (("users", 1), ("rights", 0), ("blocks", 0)):
        page = open_as(ADMIN, PATHS[name], "pt-BR")
        expect(page.get_by_role("button", name="Novo usuário")).to_have_count(offered)


def test_all_pages_are_within_reach_on_a_telephone(open_as: Visit) -> None:
    page = open_as(ADMIN, PATHS["overview"], "pt-BR")
    page.set_viewport_size({"width": 360, "height": 740})
    navigation = page.get_by_role("navigation", name="Navegação principal")
    expect(navigation.get_by_role("link")).to_have_count(4)
    navigation.get_by_role("button", name="Mais").click()
    require_whole(page, SIGHTS["pt-BR"][-1:])
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("dialog").get_by_role("link", name="Auditoria").click()
    expect(page.get_by_role("heading", name="Auditoria")).to_be_visible()
    expect(navigation.get_by_role("link", name="Auditoria")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("dialog")).to_have_count(0)
