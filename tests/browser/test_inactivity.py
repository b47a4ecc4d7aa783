"""A customer falls silent: they are warned, the chat closes, and their next words take it up again, for real."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server

HASTE = """async () => {
  const ask = async (query) => (await (await fetch('/graphql', {
    method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({query})
  })).json()).data
  const {departments} = await ask('{ departments { id slug } }')
  const id = departments.find((one) => one.slug === 'tecnico').id
  const input = '{warnAfter: "PT10S", closeAfter: "PT20S"}'
  return await ask(`mutation { updateDepartment(id: "${id}", input: ${input}) { userErrors { message } } }`)
}"""
SOON = 40_000
"""Ten seconds of silence, and the next round of the desk's clockwork."""


def test_a_silent_customer_is_warned_and_their_next_words_reopen_the_chat(
    server: Server, person: Callable[..., Page]
) -> None:
    customer, agent = Customer(person(360, 740), server), Agent(person(), server)
    agent.sign_in()
    agent.attend()
    assert agent.page.evaluate(HASTE) == {"updateDepartment": {"userErrors": []}}
    customer.visit()
    customer.open_chat("Estou sem internet")
    agent.page.get_by_role("listitem").filter(has_text="José Pereira").get_by_role("button", name="Atender").click()
    agent.write("Qual é o modelo do aparelho?")
    expect(customer.line("Ainda está aí?")).to_have_count(1, timeout=SOON)
    expect(agent.line("Ainda está aí?")).to_have_count(1)
    expect(customer.line("encerrada por falta de resposta")).to_have_count(1, timeout=SOON)
    expect(agent.page.get_by_text("Atendimento encerrado").first).to_be_visible()

    customer.page.reload()
    again = customer.page.get_by_label("Escreva para retomar a conversa")
    again.fill("Desculpe, é o branco!")
    again.press("Enter")
    expect(customer.line("Desculpe, é o branco!")).to_have_count(1)
    row = agent.page.get_by_role("listitem").filter(has_text="José Pereira")
    row.get_by_role("button", name="Atender").first.click()
    expect(agent.line("Desculpe, é o branco!")).to_have_count(1)
    expect(agent.line("A conversa foi reaberta.")).to_have_count(1)
