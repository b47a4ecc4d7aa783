"""A customer's copy of their data, and its erasure, from the history."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import CPF, Agent, Customer
from tests.server import Server


def attended(server: Server, person: Callable[..., Page]) -> tuple[Customer, Page, Locator]:
    """Somebody who told a secret, the page of the administrator who attends them, and what it says of them."""
    customer, admin = Customer(person(420, 800), server), Agent(person(), server)
    customer.visit()
    customer.open_chat("Meu segredo", name="Zoraide Quintela")
    admin.sign_in()
    admin.page.get_by_role("button", name="Próximo atendimento").click()
    return customer, admin.page, admin.page.get_by_role("complementary", name="Dados do cliente")


@pytest.mark.environment(ALIDASH_LEGAL_HOLD="")
def test_an_administrator_hands_out_and_erases_the_data_of_a_customer(
    server: Server, person: Callable[..., Page]
) -> None:
    customer, page, card = attended(server, person)
    expect(card.get_by_text("***.982.247-**")).to_be_visible()
    customer.end()
    expect(page.get_by_text("O atendimento foi encerrado pelo cliente.")).to_be_visible()

    with page.expect_download() as download:
        card.get_by_role("link", name="Exportar dados").click()
    data = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert (data["customer"]["cpf"], data["chats"][0]["messages"][0]["text"]) == (CPF, "Meu segredo")

    card.get_by_role("button", name="Apagar dados…").press("Enter")
    dialog = page.get_by_role("dialog")
    erase = dialog.get_by_role("button", name="Apagar para sempre")
    dialog.get_by_label("Motivo").fill("Pedido da titular")
    expect(erase).to_be_disabled()
    dialog.get_by_label("Para confirmar, digite o nome: Zoraide Quintela").fill("zoraide quintela")
    erase.click()
    expect(card.get_by_text("Dados pessoais apagados em")).to_be_visible()
    page.reload()
    expect(page.get_by_text("[mensagem apagada]").first).to_be_visible()
    expect(page.get_by_text("Zoraide")).to_have_count(0)
    expect(page.get_by_text("Meu segredo")).to_have_count(0)


def test_while_the_law_keeps_the_record_the_data_are_restricted_and_the_card_says_so(
    server: Server, person: Callable[..., Page]
) -> None:
    customer, page, card = attended(server, person)
    expect(card.get_by_role("button", name="Corrigir dados")).to_be_visible()
    customer.end()
    expect(page.get_by_text("O atendimento foi encerrado pelo cliente.")).to_be_visible()

    card.get_by_role("button", name="Apagar dados…").press("Enter")
    dialog = page.get_by_role("dialog", name="Restringir os dados deste cliente?")
    expect(dialog.get_by_text(re.compile(r"restrita até \d\d/\d\d/\d{4}, depois é apagada"))).to_be_visible()
    dialog.get_by_label("Motivo").fill("Pedido da titular")
    dialog.get_by_label("Para confirmar, digite o nome: Zoraide Quintela").fill("Zoraide Quintela")
    dialog.get_by_role("button", name="Restringir até apagar").click()
    expect(card.get_by_text(re.compile(r"Restrito até \d\d/\d\d/\d{4}, depois é apagado"))).to_be_visible()
    for gone in ("Apagar dados…", "Corrigir dados", "Bloquear…"):
        expect(card.get_by_role("button", name=gone)).to_have_count(0)
    expect(card.get_by_role("link", name="Exportar dados")).to_be_visible()
    expect(card.get_by_text("Zoraide Quintela")).to_be_visible()
