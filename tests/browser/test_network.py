"""The network on screen, against a port that really closes: down within three checks, seen without reloading."""

import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Agent
from tests.server import Server

pytestmark = pytest.mark.environment(ALIDASH_PROBE_NETWORKS="127.0.0.0/8")


@pytest.fixture
def port() -> Iterator[socket.socket]:
    """Something that takes connections until it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def create(page: Page, name: str, port: int) -> None:
    page.get_by_role("button", name="Novo ponto").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill(name)
    dialog.get_by_label("Endereço").fill("127.0.0.1")
    dialog.get_by_label("Porta", exact=True).fill(str(port))
    dialog.get_by_label("A cada quantos segundos").fill("10")
    dialog.get_by_label("Falhas seguidas até cair").fill("1")
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).to_be_hidden()


def test_a_port_that_closes_is_shown_offline_without_reloading(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person()
    Agent(page, server).sign_in()
    page.goto(f"{server.url}/admin/rede")
    create(page, "POP Centro", port.getsockname()[1])
    row = page.get_by_role("row").filter(has_text="POP Centro")
    expect(row).to_contain_text("No ar", timeout=15_000)
    port.close()
    expect(row).to_contain_text("Fora do ar", timeout=15_000)
    expect(page.get_by_role("button", name="1 Fora do ar")).to_be_visible()
    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog", name="POP Centro")
    expect(dialog.get_by_text("em curso")).to_be_visible()
    expect(dialog.get_by_text("Últimas 24 horas")).to_be_visible()
