"""Takes the pictures of the README: the demo, lived in by a customer and an agent, through real Chromium.

    make screenshots

Each run makes a demo of its own in a temporary folder, on a free port, and overwrites docs/images/.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.people import Agent, Customer
from tests.server import Server

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
LARGEST = 400 * 1024

DESK = (1440, 900)
SITE = (1180, 820)
FORM = (960, 640)
PHONE = (360, 740)
WHERE: dict[str, Any] = {"locale": "pt-BR", "timezone_id": "America/Sao_Paulo"}
AGENT = "ana@alidash.example"
ADMIN = "admin@alidash.example"

# The demo draws from `random`; with a seed each run shows much the same day.
START = "import random; random.seed(2026); from api.cli import main; main()"

FIRST = "Boa tarde! Minha internet caiu depois da chuva e a luz LOS está vermelha."
TALK = (
    ("agent", "Boa tarde, Joana! Vou olhar o sinal da sua fibra agora mesmo."),
    ("customer", "Obrigada! Já reiniciei o aparelho duas vezes."),
    ("agent", "A fibra rompeu na sua rua. A equipe já está no local, com previsão de retorno às 17h."),
    ("customer", "Que bom que já estão aqui. Fico no aguardo."),
)


def main() -> None:
    """Take every picture, and fail when one is too large for a README."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as server, chromium() as browser:
        Album(server, browser).fill()
    for image in sorted(IMAGES.glob("*.png")):
        size = image.stat().st_size
        print(f"{image.relative_to(ROOT)}: {size / 1024:.0f} KB")
        if size > LARGEST:
            sys.exit(f"{image.name} is over {LARGEST // 1024} KB")


@contextmanager
def demo(folder: Path) -> Iterator[Server]:
    """`alidash demo` on a free port, once it has lived its day."""
    command = [sys.executable, "-c", START, "demo", "--port", "0"]
    environment = os.environ | {"ALIDASH_DATA": str(folder), "ALIDASH_ENV": "development"}
    with (folder / "demo.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield _announced(process, folder)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _announced(process: "subprocess.Popen[str]", folder: Path) -> Server:
    server = Server(folder, "")
    for line in process.stdout or ():
        if found := re.search(r"serves at http://localhost:(\d+)", line):
            server.port = int(found[1])
        if found := re.search(r"Sign in:\s+\S+\s+(\S+)", line):
            server.password = found[1]
            return server
    sys.exit(f"The demo did not start:\n{(folder / 'demo.log').read_text()}")


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

    def __init__(self, server: Server, browser: Browser) -> None:
        self._server = server
        self._browser = browser

    def fill(self) -> None:
        """Take them all."""
        self._visit(self._page(*FORM), "/login/", "login", lambda page: page.get_by_label("E-mail"))
        agent = Agent(self._page(*DESK), self._server)
        agent.sign_in(AGENT)
        agent.attend()
        customer = self._talk(agent)
        self._take(agent.page, "cockpit-dark")
        self._take(customer.page, "widget")
        self._phone(customer)
        self._light(agent.page)
        self._administration()

    def _talk(self, agent: Agent) -> Customer:
        customer = Customer(self._page(*SITE), self._server)
        customer.visit()
        customer.open_chat(FIRST, name="Joana Figueiredo")
        expect(customer.line(FIRST)).to_be_visible()
        row = agent.page.get_by_role("listitem").filter(has_text="Joana Figueiredo")
        row.get_by_role("button", name="Atender").click()
        expect(agent.line(FIRST)).to_be_visible()
        sides: dict[str, Agent | Customer] = {"agent": agent, "customer": customer}
        for who, text in TALK:
            sides[who].write(text)
            for side in sides.values():
                expect(side.line(text)).to_be_visible()
        return customer

    def _phone(self, customer: Customer) -> None:
        """The same conversation, gone on with on a phone: what the browser keeps is taken along."""
        state = customer.page.context.storage_state()
        page = self._page(*PHONE, storage_state=state, device_scale_factor=2, has_touch=True, is_mobile=True)
        page.goto(f"{self._server.url}/teste-widget/")
        page.get_by_role("button", name="Abrir atendimento").click()
        expect(page.get_by_role("log").get_by_text(TALK[-1][1])).to_be_visible()
        self._take(page, "widget-phone")

    def _light(self, page: Page) -> None:
        page.evaluate("localStorage.setItem('alidash.theme', 'light')")
        page.reload()
        expect(page.get_by_role("log").get_by_text(TALK[-1][1])).to_be_visible()
        self._take(page, "cockpit-light")

    def _administration(self) -> None:
        admin = Agent(self._page(*DESK), self._server)
        admin.sign_in(ADMIN)
        self._visit(admin.page, "/admin/", "overview", lambda page: page.get_by_text("TMA").first)
        self._visit(admin.page, "/admin/usuarios", "users", lambda page: page.get_by_text("Carla Mendes").first)

    def _visit(self, page: Page, path: str, name: str, shown: Callable[[Page], Locator]) -> None:
        page.goto(f"{self._server.url}{path}")
        expect(shown(page)).to_be_visible()
        self._take(page, name)

    def _page(self, width: int, height: int, **more: Any) -> Page:
        return self._browser.new_context(**WHERE, viewport={"width": width, "height": height}, **more).new_page()

    def _take(self, page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(700)  # for what fades in
        page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
