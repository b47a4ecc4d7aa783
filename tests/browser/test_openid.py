"""Signing in by an identity provider of another site: the button, its page, our panel; and what is said on failure."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import require_fits_and_readable
from tests.browser.people import OWN_PASSWORD, Agent
from tests.browser.second_factor import App
from tests.identity_provider import SUBJECT, IdentityProvider, providing
from tests.server import Server

BIA = "bia@desk.example"


@pytest.fixture(autouse=True)
def provider(request: pytest.FixtureRequest) -> Iterator[IdentityProvider]:
    """A provider with a page of its own, which the program is told of; 127.0.0.1 is another site than localhost."""
    with providing(waits=True) as provider:
        provider.person = {"sub": SUBJECT, "email": BIA, "email_verified": True}
        environment = {f"ALIDASH_{name.upper()}": value for name, value in provider.settings.items()}
        request.node.add_marker(pytest.mark.environment(**environment))
        yield provider


def go_by_provider(page: Page) -> None:
    """From our sign-in page to theirs, and on."""
    page.get_by_role("link", name="Entrar com Acme").click()
    expect(page.get_by_role("heading", name="Acme")).to_be_visible()
    page.get_by_role("link", name="Continue").click()


def sign_out(page: Page) -> None:
    page.get_by_label("Abrir o menu do perfil").click()
    page.get_by_role("button", name="Sair", exact=True).click()
    expect(page.get_by_label("E-mail")).to_be_visible()


def test_somebody_signs_in_by_the_provider_and_an_administrator_unlinks_them(
    server: Server, person: Callable[..., Page], provider: IdentityProvider
) -> None:
    boss, bia = Agent(person(), server), Agent(person(360, 740), server)
    boss.sign_in()
    page = bia.page

    # Nobody knows them yet.
    page.goto(f"{server.url}/meu-painel/perfil")
    expect(page.get_by_role("link", name="Entrar com Acme")).to_be_visible()
    go_by_provider(page)
    expect(page.get_by_role("alert")).to_contain_text("Ninguém com essa conta pode entrar aqui.")
    require_fits_and_readable(page, "the sign-in page with a provider")

    # Without a password of their own, and back to the page that they asked for.
    boss.hire("Bia Souza", BIA)
    go_by_provider(page)
    expect(page).to_have_url(f"{server.url}/meu-painel/perfil")
    expect(page.get_by_text("Ligado: você pode entrar por ele.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Ligado: você pode entrar por ele.")).to_be_visible()
    sign_out(page)

    # Whom the provider knows by another name is somebody else.
    provider.person["sub"] = "auth0|8"
    go_by_provider(page)
    expect(page.get_by_role("alert")).to_contain_text("ligada a outra identidade")
    boss.page.goto(f"{server.url}/admin/usuarios")
    boss.page.get_by_role("button", name=re.compile("Bia Souza")).first.click()
    boss.page.get_by_role("button", name="Desligar do provedor").click()
    boss.page.get_by_role("dialog").last.get_by_role("button", name="Desligar do provedor").click()
    expect(boss.page.get_by_text("Ligação com o provedor desfeita.")).to_be_visible()
    go_by_provider(page)
    expect(page.get_by_text("Meus atendimentos")).to_be_visible()


def test_who_has_a_second_factor_gives_their_code_on_the_way(server: Server, person: Callable[..., Page]) -> None:
    boss, bia = Agent(person(), server), Agent(person(), server)
    boss.sign_in()
    boss.hire("Bia Souza", BIA)
    page = bia.page
    bia.sign_in_first(boss.links[BIA])
    page.goto(f"{server.url}/meu-painel/perfil")
    page.get_by_role("button", name="Ligar", exact=True).click()
    app = App(page.get_by_role("dialog").locator("code").inner_text())
    page.get_by_label("Código do aplicativo").fill(app.code())
    page.get_by_role("button", name="Confirmar").click()
    page.get_by_role("button", name="Já guardei").click()
    sign_out(page)

    page.goto(f"{server.url}/meu-painel/perfil")
    go_by_provider(page)
    box = page.get_by_label("Código do aplicativo")
    expect(box).to_be_focused()
    # Back to the password, which stays a way in.
    page.get_by_role("button", name="Voltar para a senha").click()
    page.reload()
    expect(page.get_by_label("Senha", exact=True)).to_be_visible()
    bia.knock(BIA, OWN_PASSWORD)
    expect(box).to_be_visible()

    page.goto(f"{server.url}/meu-painel/perfil")
    go_by_provider(page)
    box.fill(app.code())
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/meu-painel/perfil")
    expect(page.get_by_text("Ligado: você pode entrar por ele.")).to_be_visible()


def test_what_goes_wrong_at_the_provider_is_said_in_words_and_in_both_languages(
    server: Server, person: Callable[..., Page], provider: IdentityProvider
) -> None:
    page = person()
    provider.refuses = True
    page.goto(f"{server.url}/login/")
    go_by_provider(page)
    expect(page.get_by_role("alert")).to_contain_text("não confirmou quem você é")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("did not confirm who you are")
    expect(page.get_by_role("link", name="Sign in with Acme")).to_be_visible()
    page.goto(f"{server.url}/login/openid/return?code=1&state=2")
    expect(page.get_by_role("alert")).to_contain_text("has expired or began elsewhere")
    page.goto(f"{server.url}/login/?erro=%3Cb%3Ewhatever")
    expect(page.get_by_role("alert")).to_have_text("Signing in by the provider did not work. Try again in a moment.")
    other = person()
    provider.stop()
    # Asked again within the hour it would be remembered: as after a restart.
    server.stop()
    server.start()
    other.goto(f"{server.url}/admin/equipe")
    other.get_by_role("link", name="Entrar com Acme").click()
    expect(other.get_by_role("alert")).to_contain_text("O provedor de identidade não responde.")
    expect(other).to_have_url(re.compile("para=%2Fadmin%2Fequipe"))
