"""How soon the screen shows that a piece of network is down.

    python -m benchmarks.outage [--database sqlite|postgres] [--points 10] [--fail-after 2] [--every 10]

Starts the real program and Chromium. So many access points are ports of this process; then all of them close, and the
overview counts them out. Says how long after the closing the count was whole, less the checks that have to fail
first: the longest that waiting for them takes is (fail-after x interval) and a twentieth, since intervals vary by that.
Answers 1 when it was more than 1.5 s longer.
"""

import argparse
import re
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.desks import databases
from tests.browser.busy import UNLIMITED
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.people import Agent
from tests.browser.test_network import IMPORT
from tests.server import Server, serving

ALLOWED = 1.5
"""Seconds between the last check that had to fail and the figure on the screen."""
VARIES = 1.05
"""Of an interval, at most."""
AT_MOST = 120_000


def main() -> None:
    """Measure, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--fail-after", type=int, default=2)
    parser.add_argument("--every", type=int, default=10)
    asked = parser.parse_args()
    watched = {"ALIDASH_PROBE_NETWORKS": "127.0.0.0/8"}
    with (
        tempfile.TemporaryDirectory() as folder,
        databases(asked.database, Path(folder), "desk") as [url],
        serving(Path(folder), url, **UNLIMITED, **watched) as server,
        sync_playwright() as play,
        play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS)) as browser,
    ):
        first, last = measure(server, browser, asked)
    checks = asked.fail_after * asked.every * VARIES
    print(
        f"{asked.points} points closed: the first shown down after {first:.1f} s, all after {last:.1f} s, "
        f"which is {last - checks:+.2f} s beside the {checks:.1f} s that their checks may take"
    )
    sys.exit(0 if last - checks <= ALLOWED else 1)


def measure(server: Server, browser: Browser, asked: argparse.Namespace) -> tuple[float, float]:
    """Seconds from the closing of all ports to the first that is shown down, and to the last."""
    boss = Agent(browser.new_context(locale="pt-BR").new_page(), server)
    boss.sign_in()

    def count(state: str, figure: str) -> None:
        tile = boss.page.get_by_role("listitem").filter(has_text=re.compile(rf"^\s*{figure}\s+{state}"))
        expect(tile).to_be_visible(timeout=AT_MOST)

    with ExitStack() as open_ports:
        ports = [open_ports.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(asked.points)]
        lines = [
            f"Ponto {number};127.0.0.1;TCP;{port.getsockname()[1]};{asked.every};{asked.fail_after}"
            for number, port in enumerate(ports)
        ]
        head = "name;address;kind;port;interval;failAfter"
        assert boss.page.evaluate(IMPORT, "\n".join([head, *lines])) == asked.points
        boss.page.goto(f"{server.url}/admin/")
        count("No ar", str(asked.points))
    closed = time.monotonic()
    count("Fora do ar", "[1-9][0-9]*")
    first = time.monotonic() - closed
    count("Fora do ar", str(asked.points))
    return first, time.monotonic() - closed


if __name__ == "__main__":
    main()
