"""How soon the dashboard shows what happened to a chat.

    python -m benchmarks.dashboard [--database sqlite|postgres] [--rounds 20]

Starts the real program and Chromium; an administrator looks at the dashboard while an agent's page opens, claims and
closes chats: from the answer to each of these acts to the tile that shows the new figure.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect, sync_playwright

from benchmarks.desks import databases
from tests.browser.boards import ACT, OPEN, tile
from tests.browser.busy import UNLIMITED
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.people import Agent
from tests.server import Server, serving

AT_MOST = 30_000
"""Milliseconds after which a figure is held to be lost."""


def main() -> None:
    """Measure, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        databases(asked.database, Path(folder), "desk") as [url],
        serving(Path(folder), url, **UNLIMITED) as server,
        sync_playwright() as play,
        play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS)) as browser,
    ):
        times = measure(server, browser, asked.rounds)
    print(
        f"{len(times)} acts: on the dashboard after {statistics.median(times):.2f} s in the median,"
        f" {max(times):.2f} s at most"
    )


def measure(server: Server, browser: Browser, rounds: int) -> list[float]:
    """Seconds from the answer to each act to the figure on the screen."""
    boss, hand = (Agent(browser.new_context(locale="pt-BR").new_page(), server) for _ in range(2))
    boss.sign_in()
    boss.page.goto(f"{server.url}/admin/")
    hand.sign_in()
    hand.attend()
    waiting, active = tile(boss.page, "Na fila"), tile(boss.page, "Em atendimento")
    expect(tile(boss.page, "Atendentes disponíveis")).to_have_text("1", timeout=AT_MOST)
    times: list[float] = []

    def until(figure: str, where: Locator = waiting) -> None:
        begun = time.monotonic()
        expect(where).to_have_text(figure, timeout=AT_MOST)
        times.append(time.monotonic() - begun)

    for _ in range(rounds):
        chat = hand.page.evaluate(OPEN)
        until("1")
        assert hand.page.evaluate(ACT, ["claimChat", chat]) == []
        until("1", active)
        assert hand.page.evaluate(ACT, ["closeChat", chat]) == []
        until("0", active)
    return times


if __name__ == "__main__":
    main()
