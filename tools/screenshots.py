"""Takes the pictures of the documentation: every screen of the demo, lived in by people, through real Chromium.

    make screenshots

Each run makes a demo of its own in a temporary folder, on a free port, and overwrites docs/images/.
"""

import base64
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.looks import prefer, settled
from tests.browser.people import Agent, Customer
from tests.browser.screens import ADMIN, AGENT, FOUND_ON, key, one_thing, panel_paths, picture, press
from tests.server import Server, serving_demo

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
LARGEST = 150 * 1024

DESK = {"width": 1440, "height": 900}
SITE = {"width": 1180, "height": 820}
FORM = {"width": 960, "height": 640}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
WHERE: dict[str, Any] = {
    "locale": "pt-BR",
    "timezone_id": "America/Sao_Paulo",
    "reduced_motion": "reduce",
}
AGENTS = ("attend", "tickets", "replies", "profile")
"""The pages that are pictured as an agent sees them."""
MAIN = ("overview", "team", "queue", "network", "history", "tickets")
"""The pages that are pictured on a telephone and in the light theme as well."""

TO_WEBP = """async (png) => {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())
  const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height })
  canvas.getContext('2d').drawImage(bitmap, 0, 0)
  return canvas.toDataURL('image/webp', 0.84)
}"""

FIRST = "Oi! Minha internet caiu depois da chuva e a luz LOS está vermelha."
TALK = (
    ("agent", "Oi, Joana! Vou olhar o sinal da sua fibra agora mesmo."),
    ("customer", "Obrigada! Já reiniciei o aparelho duas vezes."),
    ("agent", "A fibra rompeu na sua rua. A equipe já está no local, e a internet volta em até duas horas."),
    ("customer", "Que bom que já estão aqui. Fico no aguardo."),
)


def main() -> None:
    """Take every picture, and fail when one is too large for a page."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as new:
        with serving_demo(Path(folder)) as server, chromium() as browser:
            Album(server, browser, Path(new)).fill()
        # Only once all are there: a run that failed leaves the old ones.
        shutil.rmtree(IMAGES, ignore_errors=True)
        shutil.copytree(new, IMAGES)
    sizes = {image.name: image.stat().st_size for image in sorted(IMAGES.iterdir())}
    for name, size in sizes.items():
        print(f"{name}: {size / 1024:.0f} KB")
    print(f"{len(sizes)} pictures, {sum(sizes.values()) / 1024:.0f} KB")
    if large := [name for name, size in sizes.items() if size > LARGEST]:
        sys.exit(f"over {LARGEST // 1024} KB: {', '.join(large)}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, as the tests drive it."""
    if CHROMIUM is None:
        sys.exit("Pictures need Chromium: install it, for example `apt install chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Album:
    """The pictures, in the order in which they can be taken."""

    def __init__(self, server: Server, browser: Browser, into: Path) -> None:
        self._server, self._into = server, into
        self._browser = browser
        self._darkroom = browser.new_page()
        self._states: dict[str, Any] = {}

    def fill(self) -> None:
        """Take them all."""
        self._visit(self._page(viewport=FORM), "/login/", "login")
        agent = self._signed_in(AGENT)
        agent.attend()
        customer = self._talk(agent)
        self._conversation(agent, customer)
        self._signed_in(ADMIN)
        for name, path in panel_paths().items():
            self._screen(AGENT if name in AGENTS else ADMIN, path, name)
        for name, (email, path) in FOUND_ON.items():
            if (self._into / f"{picture(name)}.webp").exists():
                continue
            page = self._as(email, viewport=DESK)
            page.goto(f"{self._server.url}{path}")
            settled(page)
            one_thing(page, path)
            self._take(page, picture(name))
            page.context.close()
        self._over()
        self._end(agent, customer)
        self._beside()
        self._first_password()

    def _signed_in(self, email: str) -> Agent:
        agent = Agent(self._page(viewport=DESK), self._server)
        agent.sign_in(email)
        self._states[email] = agent.page.context.storage_state()
        return agent

    def _talk(self, agent: Agent) -> Customer:
        customer = Customer(self._page(viewport=SITE), self._server)
        customer.visit()
        self._take(customer.page, "widget-form")
        customer.open_chat(FIRST, name="Joana Figueiredo")
        expect(customer.line(FIRST)).to_be_visible()
        agent.claim("Joana Figueiredo")
        expect(agent.line(FIRST)).to_be_visible()
        sides: dict[str, Agent | Customer] = {"agent": agent, "customer": customer}
        for who, text in TALK:
            sides[who].write(text)
            for side in sides.values():
                expect(side.line(text)).to_be_visible()
        return customer

    def _conversation(self, agent: Agent, customer: Customer) -> None:
        """The conversation that is going on, as both sides see it, at a desk and on a telephone."""
        self._take(customer.page, "widget")
        path = agent.page.url.removeprefix(self._server.url)
        self._screen(AGENT, path, "chat", also=True)
        phone = self._page(storage_state=customer.page.context.storage_state(), **PHONE)
        phone.goto(f"{self._server.url}/teste-widget/")
        phone.get_by_role("button", name="Abrir atendimento").click()
        expect(phone.get_by_role("log").get_by_text(TALK[-1][1])).to_be_visible()
        self._take(phone, "widget-phone")
        phone.context.close()

    def _screen(self, email: str, path: str, name: str, *, also: bool = False) -> None:
        """One page at a desk, in the dark; a main one also in the light, and on a telephone."""
        self._visit(self._as(email, viewport=DESK), path, picture(name))
        if also or name in MAIN:
            self._visit(self._as(email, theme="light", viewport=DESK), path, f"{picture(name)}-light")
            self._visit(self._as(email, **PHONE), path, f"{picture(name)}-phone")

    def _over(self) -> None:
        """What opens over every page."""
        page = self._as(ADMIN, viewport=DESK)
        page.goto(f"{self._server.url}/admin/")
        settled(page)
        press("^Notifica")(page)
        self._take(page, "notifications")
        page.keyboard.press("Escape")
        key("?")(page)
        expect(page.get_by_role("dialog", name="Atalhos do teclado")).to_be_visible()
        self._take(page, "keys")
        page.keyboard.press("Escape")
        key("Control+k")(page)
        page.get_by_role("combobox", name="Buscar e ir para").press_sequentially("fila")
        expect(page.get_by_text("Buscando…")).to_have_count(0)
        self._take(page, "palette")
        page.context.close()

    def _end(self, agent: Agent, customer: Customer) -> None:
        customer.end()
        expect(customer.page.get_by_text("Como foi o atendimento?")).to_be_visible()
        self._take(customer.page, "widget-rating")
        for page in (agent.page, customer.page):
            page.context.close()

    def _beside(self) -> None:
        """The pages beside the panels."""
        self._visit(self._page(viewport=DESK), "/teste-widget/", "widget-page")
        self._visit(self._as(ADMIN, viewport=DESK), "/api/v1/docs/", "rest-docs")
        self._visit(self._as(ADMIN, viewport=DESK), "/graphql", "graphiql")

    def _first_password(self) -> None:
        """Somebody new comes: last, since they would be on the pictures of the team."""
        boss = Agent(self._as(ADMIN, viewport=DESK), self._server)
        boss.hire("Nina Rocha", "nina@alidash.example")
        page = self._page(viewport=FORM)
        page.goto(boss.links["nina@alidash.example"])
        expect(page.get_by_label("Senha nova", exact=True)).to_be_visible()
        self._take(page, "first-password")

    def _visit(self, page: Page, path: str, name: str) -> None:
        page.goto(f"{self._server.url}{path}")
        self._take(page, name)
        page.context.close()

    def _as(self, email: str, *, theme: str = "dark", **more: Any) -> Page:
        page = self._page(storage_state=self._states[email], **more)
        prefer(page, "pt-BR", theme)
        return page

    def _page(self, **more: Any) -> Page:
        return self._browser.new_context(**WHERE, **more).new_page()

    def _take(self, page: Page, name: str) -> None:
        settled(page)
        taken = base64.b64encode(page.screenshot(animations="disabled")).decode()
        smaller: str = self._darkroom.evaluate(TO_WEBP, taken)
        (self._into / f"{name}.webp").write_bytes(base64.b64decode(smaller.partition(",")[2]))


if __name__ == "__main__":
    main()
