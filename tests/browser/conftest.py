"""Real Chromium against the real program, on each kind of database."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.databases import Postgres
from tests.running import migrate_now
from tests.server import Server, serving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Two cores that serve several browsers at once take their time; a page that works is not waited for any longer.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests cannot run, and say so."""
    if CHROMIUM is None:
        here = Path(__file__).parent
        for item in items:
            if here in item.path.parents:
                item.add_marker(
                    pytest.mark.skip(reason="needs Chromium: install it, for example `apt install chromium`")
                )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the system's Chromium."""
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": list(FLAGS)}


@pytest.fixture(params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """The program, serving an empty desk, with what the test's `environment` mark sets."""
    mark = request.node.get_closest_marker("environment")
    environment: dict[str, str] = mark.kwargs if mark else {}
    # Already migrated: that an empty database is, when the program starts, is tried by those who serve without this.
    if request.param == "sqlite":
        with serving(tmp_path, request.getfixturevalue("sqlite_url"), **environment) as server:
            yield server
        return
    postgres: Postgres = request.getfixturevalue("postgres_server")
    with postgres.fresh(migrate_now) as url, serving(tmp_path, url, **environment) as server:
        yield server


class Eyes:
    """What went wrong on a page, as a developer would see it in the console."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def watch(self, page: Page) -> None:
        """Note the page's errors; a lost connection is noted by the browser itself and is no fault of the page."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "net::ERR_" not in text and "WebSocket connection to" not in text:
            self.complaints.append(text)


@pytest.fixture
def eyes() -> Iterator[Eyes]:
    """Fails the test when a page it watches complained."""
    eyes = Eyes()
    yield eyes
    assert eyes.complaints == []


@pytest.fixture
def person(browser: Browser, eyes: Eyes) -> Iterator[Any]:
    """Makes people: each with a browser of their own."""
    contexts: list[BrowserContext] = []

    def new(width: int = 1440, height: int = 900, locale: str = "pt-BR") -> Page:
        context = browser.new_context(locale=locale, viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        eyes.watch(page)
        return page

    yield new
    for context in contexts:
        context.close()
