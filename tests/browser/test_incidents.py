"""An incident on screen, from a port that really closes to the customer who says that the connection is back."""

import re
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.browser.test_network import create
from tests.server import Server

pytestmark = pytest.mark.environment(ALIDASH_PROBE_NETWORKS="127.0.0.0/8")

SOON = 30_000
"""Some of it is done by jobs that look every few seconds."""


@pytest.fixture
def port() -> Iterator[socket.socket]:
    """Something that takes connections until it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Confirmar", exact=True).click()
    dialog = page.get_by_role("dialog", name="Confirmar a massiva?")
    dialog.get_by_label("Mensagem aos clientes").fill("Rompimento de fibra no POP Norte, equipe a caminho.")
    dialog.get_by_role("button", name="Todos", exact=True).click()
    dialog.get_by_role("button", name="Confirmar", exact=True).click()
    expect(dialog).to_be_hidden()


def place_at_the_point(page: Page) -> None:
    """Say by hand what the customer of the open chat hangs on."""
    page.get_by_role("button", name="Mudar ponto de acesso").click()
    dialog = page.get_by_role("dialog", name="Mudar ponto de acesso")
    dialog.get_by_role("radio", name="POP Norte").check()
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="POP Norte", exact=True)).to_be_visible()


def reply_to_all(page: Page, body: str) -> None:
    page.get_by_role("button", name="Responder a todos").click()
    dialog = page.get_by_role("dialog", name="Responder a todos os chamados")
    dialog.get_by_label("Mensagem").fill(body)
    box = dialog.get_by_role("checkbox", name="José Pereira")
    box.uncheck()
    expect(dialog.get_by_role("button", name="Enviar a 0 chamados")).to_be_disabled()
    box.check()
    dialog.get_by_role("button", name="Enviar a 1 chamado").click()
    expect(dialog).to_be_hidden()


def test_an_incident_is_known_told_answered_and_over(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person()
    Agent(page, server).sign_in()
    page.goto(f"{server.url}/admin/rede")
    create(page, "POP Norte", port.getsockname()[1])
    row = page.get_by_role("row").filter(has_text="POP Norte")
    expect(row).to_contain_text("No ar", timeout=SOON)
    page.goto(f"{server.url}/admin/")
    expect(page.get_by_role("heading", name="Visão geral")).to_be_visible()
    port.close()
    banner = page.get_by_role("status").filter(has_text="1 massiva em curso")
    expect(banner.get_by_text("Suspeita", exact=True)).to_be_visible(timeout=SOON)
    banner.get_by_role("link", name="POP Norte").click()
    expect(page).to_have_url(re.compile(r"/admin/incidentes/[0-9a-f-]{36}$"))
    incident = page.url
    confirm(page)
    expect(page.get_by_text("Rompimento de fibra")).to_be_visible()

    customer = Customer(person(width=360), server)
    customer.visit()
    expect(customer.page.get_by_role("status").filter(has_text="Rompimento de fibra no POP Norte")).to_be_visible()
    customer.open_chat("Estou sem internet")
    expect(customer.line("Estou sem internet")).to_be_visible()

    page.goto(f"{server.url}/meu-painel/")
    page.get_by_role("link", name="José Pereira").click()
    place_at_the_point(page)
    lane = page.get_by_role("button", name="Massiva: POP Norte · 1 chamado")
    expect(lane).to_have_attribute("aria-expanded", "false", timeout=SOON)
    lane.press("Enter")
    expect(page.get_by_role("button", name="Atender: José Pereira")).to_be_visible()
    expect(page.get_by_role("link", name="Massiva: POP Norte")).to_be_visible()
    page.goto(f"{server.url}/admin/fila")
    expect(page.get_by_role("row").filter(has_text="José Pereira")).to_contain_text("Massiva: POP Norte")

    page.goto(incident)
    reply_to_all(page, "O reparo termina às 18:40.")
    expect(customer.line("O reparo termina às 18:40.")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("enviada a 1 de 1", exact=False)).to_be_visible(timeout=SOON)

    page.get_by_role("button", name="Encerrar", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Encerrar", exact=True).click()
    expect(page.get_by_text("Encerrada", exact=True).first).to_be_visible()
    yes = customer.page.get_by_role("button", name="Sim", exact=True)
    expect(yes).to_be_visible(timeout=SOON)
    yes.click()
    expect(customer.page.get_by_text("Que bom que a conexão voltou!")).to_be_visible(timeout=SOON)
    expect(yes).to_be_hidden()
    expect(page.get_by_text("Voltou", exact=True)).to_be_visible(timeout=SOON)
