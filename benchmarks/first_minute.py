"""The first minute of somebody who has never seen AliDash: how many acts, and how long the program makes them wait.

    python -m benchmarks.first_minute [--rounds 5]

Starts the real program on an empty desk and Chromium; a customer writes from the page to try the button on, and the
first administrator signs in and answers. It is timed from the sign-in page shown to the answer on the customer's
screen. A machine types at once, so that the seconds are the program's; the acts are what a person adds to them.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.people import Customer
from tests.server import Server, serving

ADMINISTRATOR = "admin@alidash.example"
ACTS = ("type the e-mail", "type the password", "Enter", "press 'Próximo atendimento'", "type the answer", "Enter")
"""All that a person does from the sign-in page to the first answer."""


def main() -> None:
    """Measure, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        taken = [on_an_empty_desk(browser) for _ in range(rounds)]
        browser.close()
    print(f"{len(ACTS)} acts: {', '.join(ACTS)}")
    print(f"answered a median of {statistics.median(taken):.1f} s after the sign-in page")


def on_an_empty_desk(browser: Browser) -> float:
    """Seconds of one first minute, on a desk of its own."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with serving(Path(folder), f"sqlite+aiosqlite:///{folder}/desk.sqlite3") as server:
            ready = time.perf_counter() - begun
            seconds = first_minute(browser, server)
    print(f"serves after {ready:.1f} s, answered {seconds:.1f} s after the sign-in page", flush=True)
    return seconds


def first_minute(browser: Browser, server: Server) -> float:
    """Seconds from the sign-in page to the answer on the customer's screen."""
    customer = Customer(browser.new_page(locale="pt-BR"), server)
    customer.visit()
    customer.open_chat("Estou sem internet")
    page = browser.new_page(locale="pt-BR")
    page.goto(f"{server.url}/login/")
    expect(page.get_by_label("E-mail")).to_be_focused()
    begun = time.perf_counter()
    answer(page, server.password)
    expect(customer.line("Olá! Já vou ver.")).to_be_visible()
    seconds = time.perf_counter() - begun
    for one in (customer.page, page):
        one.context.close()
    return seconds


def answer(page: Page, password: str) -> None:
    """Sign in and answer whoever waits, only by what the screens themselves suggest."""
    page.keyboard.type(ADMINISTRATOR)
    page.get_by_label("Senha", exact=True).fill(password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Próximo atendimento").click()
    box = page.get_by_label("Escreva uma mensagem")
    expect(box).to_be_focused()
    page.keyboard.type("Olá! Já vou ver.")
    page.keyboard.press("Enter")


if __name__ == "__main__":
    main()
