"""A session that somebody ended elsewhere: every page goes to sign-in, says why, and leads back."""

from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import APIResponse, Page, Route, WebSocket, expect

from tests.browser.looks import settled
from tests.browser.people import Agent
from tests.server import Server

ENDED = "Sua sessão terminou: o prazo acabou ou alguém a encerrou."
PATHS = ("/meu-painel/perfil", "/admin/auditoria", "/admin/usuarios", "/meu-painel/")


def test_pages_whose_session_was_ended_elsewhere_say_so_and_lead_back(
    server: Server, person: Callable[..., Page]
) -> None:
    here, there = Agent(person(), server), Agent(person(), server)
    here.sign_in()
    there.sign_in()
    pages = [here.page, *(here.page.context.new_page() for _ in PATHS[1:])]
    for page, path in zip(pages, PATHS, strict=True):
        page.goto(f"{server.url}{path}")
        expect(page.get_by_label("Notificações")).to_be_visible()
        settled(page)
    # Nobody touches them from here on: each hears of it by itself.
    there.page.goto(f"{server.url}/meu-painel/perfil")
    there.page.get_by_role("region", name="Onde você entrou").get_by_role("button", name="Encerrar").click()
    for page, path in zip(pages, PATHS, strict=True):
        expect(page.get_by_text(ENDED)).to_be_visible()
        expect(page).to_have_url(f"{server.url}/login/?para={quote(path, safe='')}")
    here.page.get_by_label("E-mail").fill("admin@alidash.example")
    here.page.get_by_label("Senha", exact=True).fill(server.password)
    here.page.get_by_role("button", name="Entrar", exact=True).click()
    expect(here.page).to_have_url(f"{server.url}{PATHS[0]}")
    expect(here.page.get_by_text(ENDED)).to_have_count(0)


def test_who_signs_out_keeps_their_page_until_it_goes_and_hears_of_no_ended_session(
    server: Server, person: Callable[..., Page]
) -> None:
    boss = Agent(person(), server)
    page = boss.page
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    boss.sign_in()
    settled(page)
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        """Keep the answer back, so that the streams hear of the end before it comes."""
        if "signOut" in (route.request.post_data or ""):
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/graphql", hold)
    page.get_by_label("Abrir o menu do perfil").click()
    page.get_by_role("button", name="Sair", exact=True).click()
    while not held or not all(socket.is_closed() for socket in sockets):
        page.wait_for_timeout(20)
    # What the page does about a closed socket is done before it paints twice.
    page.evaluate("() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))")
    expect(page.get_by_text("Meus atendimentos")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_count(0)

    ((route, answer),) = held
    route.fulfill(response=answer)
    expect(page.get_by_label("E-mail")).to_be_visible()
    expect(page.get_by_text(ENDED)).to_have_count(0)
