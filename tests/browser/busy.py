"""A desk on a bad day: many waiting, and one conversation that went on for long."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2 as httpx
from playwright.sync_api import Locator, Page, expect

from tests.server import Server

UNLIMITED = dict.fromkeys(
    ("ALIDASH_RATE_OPEN", "ALIDASH_RATE_OPEN_CPF", "ALIDASH_RATE_OPEN_ALL", "ALIDASH_RATE_MESSAGE"), "1000000/minute"
)
"""What the program needs to be told for so many to come at once from one address."""

DEPARTMENTS = "{ departments { id name } }"
OPEN = """mutation($department: ID!, $name: String!, $message: String!) {
  openChat(input: {departmentId: $department, name: $name, message: $message, cpf: "52998224725"}) {
    chat { id } token userErrors { message }
  }
}"""
SEND = """mutation($chat: ID!, $text: String!, $id: ID!) {
  sendMessage(chatId: $chat, body: $text, clientId: $id) { message { seq } userErrors { message } }
}"""


@dataclass(frozen=True)
class Writer:
    """A customer with a chat, who writes through GraphQL as the widget does."""

    client: httpx.Client
    chat: str
    token: str

    def write(self, text: str) -> None:
        """Send a line; it is acknowledged when this returns."""
        _ask(self.client, SEND, self.token, chat=self.chat, text=text, id=str(uuid4()))


@contextmanager
def busy(server: Server, *, waiting: int, lines: int) -> Iterator[Writer]:
    """Let so many wait, the first of whom has written so many lines; the program must run with UNLIMITED."""
    with httpx.Client(base_url=server.url, timeout=30) as client:
        department = _ask(client, DEPARTMENTS)["departments"][0]["id"]
        opened = [
            _ask(client, OPEN, department=department, name=f"Cliente {number:03}", message="Sem internet")["openChat"]
            for number in range(waiting)
        ]
        writer = Writer(client, opened[0]["chat"]["id"], opened[0]["token"])
        for number in range(1, lines):
            writer.write(f"Linha {number:03}: a luz do aparelho continua vermelha")
        yield writer


def read_all(page: Page, lines: int) -> Locator:
    """Scroll up in the open conversation until its first line is loaded, and down to its end again."""
    log = page.get_by_role("log")
    expect(log.get_by_text(f"Linha {lines - 1:03}")).to_be_visible()
    while log.get_by_text("Linha 001").count() == 0:
        before = log.locator("time").count()
        log.evaluate("log => log.scrollTo({ top: 0 })")
        expect(log.locator("time").nth(before)).to_be_attached()
    log.evaluate("log => log.scrollTo({ top: log.scrollHeight })")
    return log


def _ask(client: httpx.Client, query: str, token: str | None = None, **variables: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    body = answer.raise_for_status().json()
    assert "errors" not in body, body
    return body["data"]
