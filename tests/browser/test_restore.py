"""A backup is restored under people who are ahead of it: they see what it holds, are told nothing else, and go on."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.databases import Postgres
from tests.server import Server

BACK = 40_000
"""Milliseconds for a page to be connected again."""


@pytest.fixture(autouse=True)
def programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the commands find those of PostgreSQL."""
    if "postgres" in request.node.name:
        postgres: Postgres = request.getfixturevalue("postgres_server")
        monkeypatch.setenv("PATH", postgres.programs(), prepend=os.pathsep)


def test_people_who_are_ahead_of_a_restored_backup_see_what_it_holds_and_go_on(
    server: Server, person: Callable[..., Page], tmp_path: Path
) -> None:
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    agent.sign_in()
    agent.attend()
    customer.visit()
    customer.open_chat("Estou sem internet")
    agent.page.get_by_role("listitem").filter(has_text="José Pereira").get_by_role("button", name="Atender").click()
    talk(customer, agent, "antes da cópia")
    server.command("backup", str(tmp_path / "backup"))
    for number in range(3):
        talk(customer, agent, f"depois da cópia {number}")

    server.stop()
    server.command("restore", "--yes", str(tmp_path / "backup"))
    server.start()
    for side in (customer, agent):
        expect(side.line("depois da cópia")).to_have_count(0, timeout=BACK)
        expect(side.line("antes da cópia")).to_have_count(2)
    # As many as were lost, so that their numbers are given again.
    for number in range(3):
        talk(customer, agent, f"de volta {number}")
    for side in (customer, agent):
        expect(side.line("de volta")).to_have_count(6)
        expect(side.line("depois da cópia")).to_have_count(0)
        expect(side.line("Estou sem internet")).to_have_count(1)


def talk(customer: Customer, agent: Agent, words: str) -> None:
    """Each says the words, and the other hears them."""
    customer.write(f"cliente {words}")
    expect(agent.line(f"cliente {words}")).to_be_visible(timeout=BACK)
    agent.write(f"atendente {words}")
    expect(customer.line(f"atendente {words}")).to_be_visible(timeout=BACK)
