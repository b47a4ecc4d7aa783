"""Somebody who has never seen AliDash answers a customer, led by what the screens themselves say."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server


def test_a_newcomer_is_led_from_the_sign_in_to_the_first_answer(server: Server, person: Callable[..., Page]) -> None:
    page = person()
    page.goto(f"{server.url}/login/")
    # Who reads no Portuguese finds their language before they sign in.
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Sign in to AliDash")).to_be_visible()
    page.get_by_role("button", name="Português").click()
    agent = Agent(page, server)
    agent.sign_in()

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Experimentar: escreva como um cliente").click()
    customer = Customer(opened.value, server)
    customer.visit()
    customer.page.get_by_role("radio", name="Técnico").wait_for(state="attached")
    expect(customer.page.get_by_text("Ninguém online")).to_have_count(3)
    page.get_by_role("button", name="Ficar disponível").click()
    expect(page.get_by_label("Sua disponibilidade")).to_contain_text("Disponível")
    expect(page.get_by_text("Você está indisponível")).to_have_count(0)

    customer.open_chat("Funciona?")
    page.get_by_role("button", name="Próximo atendimento").click()
    agent.write("Funciona!")
    expect(customer.line("Funciona!")).to_be_visible()
