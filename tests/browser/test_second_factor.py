"""From an invitation to a second factor: by a link, an app and a recovery code, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import require_fits_and_readable
from tests.browser.people import OWN_PASSWORD, Agent
from tests.browser.second_factor import App
from tests.server import Server

BIA = "bia@desk.example"


def give_code(page: Page, label: str, code: str) -> None:
    """Answer the second question of signing in."""
    page.get_by_label(label).fill(code)
    page.keyboard.press("Enter")


@pytest.mark.environment(ALIDASH_SECOND_FACTOR_ROLES="SUPERVISOR")
def test_an_invited_person_sets_up_the_second_factor_of_their_role_and_signs_in_with_it(
    server: Server, person: Callable[..., Page]
) -> None:
    boss, bia = Agent(person(), server), Agent(person(360, 740), server)
    boss.sign_in()
    boss.hire("Bia Souza", BIA, role="SUPERVISOR")
    page = bia.page
    bia.choose_password(boss.links[BIA])

    # Nothing else before it is set up; and what was behind # has left the address.
    expect(page.get_by_role("heading", name="Verificação em duas etapas")).to_be_visible()
    assert "#" not in page.url
    expect(page.get_by_role("img", name="Código QR para o aplicativo autenticador")).to_be_visible()
    require_fits_and_readable(page, "setting it up")
    app = App(page.locator("code").inner_text())
    page.get_by_label("Código do aplicativo").fill("000000")
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_text("O código não confere ou já foi usado.")).to_be_visible()
    give_code(page, "Código do aplicativo", app.code())
    expect(page.get_by_role("heading", name="Códigos de recuperação")).to_be_visible()
    require_fits_and_readable(page, "the recovery codes")
    recovery = page.get_by_role("listitem").all_inner_texts()
    assert len(recovery) == 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Baixar").click()
    kept = download.value.path().read_text(encoding="utf-8")
    assert [code for code in recovery if code not in kept] == []
    page.get_by_role("button", name="Já guardei").click()
    expect(page.get_by_text("Meus atendimentos")).to_be_visible()

    sign_out(page)
    bia.knock(BIA, OWN_PASSWORD)
    box = page.get_by_label("Código do aplicativo")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("autocomplete", "one-time-code")
    expect(box).to_have_attribute("inputmode", "numeric")
    require_fits_and_readable(page, "the code at the door")
    give_code(page, "Código do aplicativo", app.code())
    expect(page.get_by_text("Meus atendimentos")).to_be_visible()

    sign_out(page)
    bia.knock(BIA, OWN_PASSWORD)
    page.get_by_role("button", name="Estou sem o celular").click()
    require_fits_and_readable(page, "the recovery code at the door")
    give_code(page, "Código de recuperação", recovery[0])
    expect(page.get_by_text("Meus atendimentos")).to_be_visible()
    page.goto(f"{server.url}/meu-painel/perfil")
    expect(page.get_by_text("Restam 9 códigos de recuperação.")).to_be_visible()
    # Their role needs it.
    expect(page.get_by_role("button", name="Novos códigos")).to_be_visible()
    expect(page.get_by_role("button", name="Desligar")).to_have_count(0)

    # Who lost everything asks an administrator.
    boss.page.goto(f"{server.url}/admin/usuarios")
    boss.page.get_by_role("button", name=re.compile("Bia Souza")).first.click()
    boss.page.get_by_role("button", name="Retirar a segunda etapa").click()
    boss.page.get_by_role("textbox", name="Motivo").fill("Perdeu o celular")
    boss.page.get_by_role("dialog").last.get_by_role("button", name="Retirar a segunda etapa").click()
    expect(boss.page.get_by_text("Segunda etapa retirada.")).to_be_visible()
    bia.knock(BIA, OWN_PASSWORD)
    expect(page.get_by_text("Seu perfil exige um código além da senha.")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_label("Abrir o menu do perfil").click()
    page.get_by_role("button", name="Sair", exact=True).click()
    expect(page.get_by_label("E-mail")).to_be_visible()
