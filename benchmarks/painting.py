"""How soon a message is on an agent's screen, with many waiting and a long conversation open.

    python -m benchmarks.painting [--database sqlite|postgres] [--waiting 300] [--lines 500] [--rounds 20]

Starts the real program and Chromium, fills the queue and one conversation through GraphQL, reads all of it in the
panel, and lets the customer write: from the arrival of the frame in the browser to the end of the frame that shows it.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.desks import databases
from tests.browser.busy import UNLIMITED, busy, read_all
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.glance import EYES, glance, watch
from tests.browser.people import Agent
from tests.server import Server, serving


def main() -> None:
    """Measure, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--waiting", type=int, default=300)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        databases(asked.database, Path(folder), "desk") as [url],
        serving(Path(folder), url, **UNLIMITED) as server,
        sync_playwright() as play,
        play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS)) as browser,
    ):
        times = measure(server, browser, asked.waiting, asked.lines, asked.rounds)
    print(
        f"{asked.waiting} waiting, {asked.lines} lines, {asked.rounds} messages: painted after"
        f" {statistics.median(times):.0f} ms in the median, {max(times):.0f} ms at most"
    )


def measure(server: Server, browser: Browser, waiting: int, lines: int, rounds: int) -> list[float]:
    """Milliseconds from the arrival of each message to the end of the frame that shows it."""
    agent = Agent(browser.new_page(locale="pt-BR", viewport={"width": 1440, "height": 900}), server)
    agent.page.add_init_script(EYES)
    times: list[float] = []
    with busy(server, waiting=waiting, lines=lines) as writer:
        agent.sign_in()
        agent.attend()
        agent.page.get_by_role("button", name="Atender: Cliente 000").click()
        read_all(agent.page, lines)
        for number in range(rounds):
            text = f"A luz piscou {number:03} vezes"
            watch(agent.page, text)
            writer.write(text)
            times.append(glance(agent.page).milliseconds)
            expect(agent.line(text)).to_be_in_viewport()
    return times


if __name__ == "__main__":
    main()
