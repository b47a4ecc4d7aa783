"""A message that comes in touches what it must on the page, and nothing else."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.busy import UNLIMITED, busy, read_all
from tests.browser.glance import EYES, glance, watch
from tests.browser.people import Agent
from tests.server import Server

WAITING = 300
LINES = 500


@pytest.mark.environment(**UNLIMITED)
def test_a_message_on_a_busy_desk_adds_one_line_and_leaves_the_others_alone(
    server: Server, person: Callable[..., Page]
) -> None:
    agent = Agent(person(), server)
    agent.page.add_init_script(EYES)
    with busy(server, waiting=WAITING, lines=LINES) as writer:
        agent.sign_in()
        agent.attend()
        agent.page.get_by_role("button", name="Atender: Cliente 000").click()
        read_all(agent.page, LINES)
        watch(agent.page, "A luz voltou!")
        writer.write("A luz voltou!")
        seen = glance(agent.page)
    assert seen.added == 1
    assert "line" not in seen.touched
    assert {place for place in seen.touched if place.startswith("row")} <= {f"row /meu-painel/chat/{writer.chat}"}
    expect(agent.line("A luz voltou!")).to_be_in_viewport()
