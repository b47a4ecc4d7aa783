"""Webhooks on screen, against a receiver that really listens: made, tried, told of a chat, read and sent anew."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api.courier import sign
from tests.browser.people import Agent, Customer
from tests.server import Server

pytestmark = pytest.mark.environment(ALIDASH_WEBHOOK_NETWORKS="127.0.0.0/8")


@dataclass
class Receiver:
    """What a receiver has heard, and what it answers."""

    port: int = 0
    status: int = 204
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, headers: dict[str, str], body: str) -> None:
        with self.news:
            self.heard.append((headers, body))
            self.news.notify_all()

    def until_it_has_heard(self, count: int) -> None:
        with self.news:
            assert self.news.wait_for(lambda: len(self.heard) >= count, timeout=30)

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.heard]

    def signed_by(self, secret: str) -> bool:
        """Whether all that was heard was signed by this secret."""
        return all(
            sign(secret, headers["webhook-id"], headers["webhook-timestamp"], body) in headers["webhook-signature"]
            for headers, body in self.heard
        )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            found.hear({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
        thread.join(10)


@pytest.mark.parametrize("width", [1440, 360])
def test_a_webhook_is_made_tried_told_and_sent_anew(
    server: Server, person: Callable[..., Page], receiver: Receiver, width: int
) -> None:
    page = person(width=1440)
    Agent(page, server).sign_in()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.url}/admin/webhooks")
    page.get_by_role("button", name="Novo webhook").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Nome").fill("ERP")
    form.get_by_label("Endereço").fill("http://10.0.0.1/")
    form.get_by_role("button", name="Novo webhook").click()
    expect(form.get_by_text("Não podemos enviar para este endereço")).to_be_visible()
    form.get_by_label("Endereço").fill(f"http://127.0.0.1:{receiver.port}/in")
    form.get_by_role("button", name="Novo webhook").click()

    once = page.get_by_role("dialog", name="Segredo do webhook")
    secret = once.get_by_text("whsec_").inner_text()
    once.get_by_role("button", name="Fechar").last.click()
    page.get_by_role("link", name="ERP").click()
    page.get_by_role("button", name="Testar").click()
    expect(page.get_by_text("Recebido: HTTP 204")).to_be_visible()
    assert receiver.kinds == ["webhook.test"]

    customer = Customer(person(), server)
    customer.visit()
    customer.open_chat("Sem internet")
    expect(customer.line("Sem internet")).to_be_visible()
    page.reload()
    row = page.get_by_role("row").filter(has_text="Atendimento aberto")
    expect(row).to_contain_text("Entregue")
    assert receiver.kinds == ["webhook.test", "chat.opened"]
    assert receiver.signed_by(secret)
    assert "Sem internet" not in str(receiver.heard)
    row.get_by_text("Atendimento aberto").click()
    expect(row.get_by_text('"type": "chat.opened"')).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    row.get_by_role("button", name="Reenviar").click()
    expect(page.get_by_text("Uma entrega volta à fila.")).to_be_visible()
    receiver.until_it_has_heard(3)
    first, again = [headers["webhook-id"] for headers, body in receiver.heard if "chat.opened" in body]
    assert first == again
