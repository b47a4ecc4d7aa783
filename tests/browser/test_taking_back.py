"""What an administrator makes and takes back: a bot's key, a kept answer, a block; each asked before it is done."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Agent
from tests.server import Server


@pytest.fixture
def boss(server: Server, person: Callable[..., Page]) -> Page:
    """Somebody who may do all of it."""
    agent = Agent(person(), server)
    agent.sign_in()
    return agent.page


def confirm(page: Page, question: str, action: str) -> None:
    """Say no, be asked again, and say yes."""
    asked = page.get_by_role("button", name=action)
    asked.first.click()
    dialog = page.get_by_role("dialog", name=question)
    dialog.get_by_role("button", name="Cancelar").click()
    expect(dialog).to_be_hidden()
    asked.first.click()
    dialog.get_by_role("button").last.click()
    expect(dialog).to_be_hidden()


def form(page: Page, opened_by: str) -> Locator:
    """The dialog that a button opens."""
    page.get_by_role("button", name=opened_by).first.click()
    return page.get_by_role("dialog")


def test_a_key_is_made_until_a_day_and_revoked(server: Server, boss: Page) -> None:
    boss.goto(f"{server.url}/admin/chaves")
    dialog = form(boss, "Nova chave")
    dialog.get_by_label("Nome").fill("Robô da madrugada")
    dialog.get_by_label("Vale até").fill("2000-01-01")
    dialog.get_by_role("button", name="Nova chave").click()
    # A day that is over is refused at its field, and what was written stays.
    expect(dialog.get_by_label("Vale até")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Nome")).to_have_value("Robô da madrugada")
    dialog.get_by_label("Vale até").fill("2099-12-31")
    dialog.get_by_role("button", name="Nova chave").click()
    expect(dialog.locator("code")).to_be_visible()
    boss.keyboard.press("Escape")
    row = boss.get_by_role("row").filter(has_text="Robô da madrugada")
    expect(row).to_contain_text("31/12/2099")
    confirm(boss, "Revogar a chave Robô da madrugada?", "Revogar: Robô da madrugada")
    expect(boss.get_by_text("Chave revogada.")).to_be_visible()
    expect(row.get_by_role("button")).to_have_count(0)


def test_a_kept_answer_is_written_and_deleted(server: Server, boss: Page) -> None:
    boss.goto(f"{server.url}/meu-painel/respostas")
    dialog = form(boss, "Nova resposta")
    dialog.get_by_label("Atalho").fill("bom-dia")
    dialog.get_by_label("Texto").fill("Bom dia, {cliente}!")
    dialog.get_by_role("button", name="Salvar").click()
    expect(boss.get_by_text("Bom dia, {cliente}!")).to_be_visible()
    confirm(boss, "Excluir a resposta /bom-dia?", "Excluir /bom-dia")
    expect(boss.get_by_text("Bom dia, {cliente}!")).to_be_hidden()


def test_a_network_is_blocked_and_let_in_again(server: Server, boss: Page) -> None:
    boss.goto(f"{server.url}/admin/usuarios/bloqueios")
    dialog = form(boss, "Bloquear rede")
    dialog.get_by_label("Endereço ou rede").fill("203.0.113.0/24")
    dialog.get_by_label("Motivo").fill("Ofensas repetidas")
    dialog.get_by_role("button", name="Bloquear", exact=True).click()
    expect(boss.get_by_role("row").filter(has_text="203.0.113.0/24")).to_contain_text("Até ser retirado")
    confirm(boss, "Retirar o bloqueio de 203.0.113.0/24?", "Retirar: 203.0.113.0/24")
    expect(boss.get_by_text("Ninguém está bloqueado")).to_be_visible()
