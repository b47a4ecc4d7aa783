"""An incident on screen, from a port that really closes to the customer whose connection is back; and planned work."""

import re
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.browser.test_network import sign_in_and_watch
from tests.people import valid_cpf
from tests.server import Server

CROWD = 130
"""More than one page of those whom a reply goes to."""

DECLARE_WITH_CROWD = """async (cpfs) => {
  const post = async (path, body, headers = {}) => {
    const init = {method: 'POST', headers: {'content-type': 'application/json', ...headers}, body: JSON.stringify(body)}
    const answer = await fetch(path, init)
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }
  const ask = async (query, variables) => (await post('/graphql', {query, variables})).data
  const {accessPoints} = await ask('{accessPoints{nodes{id}}}')
  const [{id}] = accessPoints.nodes
  const scopes = ['chat:write', 'customer:write']
  const {createApiKey} = await ask('mutation($s:[String!]!){createApiKey(name:"Bot",scopes:$s){secret}}', {s: scopes})
  const authorization = `Bearer ${createApiKey.secret}`
  const declare = 'mutation($p:ID!){declareIncident(accessPointId:$p,input:{}){incident{id}}}'
  const {incident} = (await ask(declare, {p: id})).declareIncident
  for (const [place, cpf] of cpfs.entries()) {
    const name = `Cliente ${String(place + 1).padStart(3, '0')}`
    const chat = {name, cpf, department: 'tecnico', message: 'Sem sinal', access_point: id, category: 'outage'}
    await post('/api/v1/chat/init/', chat, {authorization})
  }
  return (await ask('query($id:ID!){incident(id:$id){id counts{openChats}}}', {id: incident.id})).incident
}"""

pytestmark = pytest.mark.environment(ALIDASH_PROBE_NETWORKS="127.0.0.0/8")

SOON = 30_000
"""Some of it is done by jobs that look every few seconds."""


@pytest.fixture
def port() -> Iterator[socket.socket]:
    """Something that takes connections until it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Confirmar", exact=True).click()
    dialog = page.get_by_role("dialog", name="Confirmar a massiva?")
    dialog.get_by_label("Mensagem aos clientes").fill("Rompimento de fibra no POP Norte, equipe a caminho.")
    dialog.get_by_role("button", name="Todos", exact=True).click()
    dialog.get_by_role("button", name="Confirmar", exact=True).click()
    expect(dialog).to_be_hidden()


def place_at_the_point(page: Page) -> None:
    """Say by hand what the customer of the open chat hangs on."""
    page.get_by_role("button", name="Mudar ponto de acesso").click()
    dialog = page.get_by_role("dialog", name="Mudar ponto de acesso")
    dialog.get_by_role("radio", name="POP Norte").check()
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="POP Norte", exact=True)).to_be_visible()


def reply_to_all(page: Page, body: str) -> None:
    page.get_by_role("button", name="Responder a todos").click()
    dialog = page.get_by_role("dialog", name="Responder a todos os chamados")
    dialog.get_by_label("Mensagem").fill(body)
    box = dialog.get_by_role("checkbox", name="José Pereira")
    box.uncheck()
    expect(dialog.get_by_role("button", name="Enviar a 0 chamados")).to_be_disabled()
    box.check()
    dialog.get_by_role("button", name="Enviar a 1 chamado").click()
    expect(dialog).to_be_hidden()


def test_an_incident_is_known_told_answered_and_over(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person()
    sign_in_and_watch(Agent(page, server), "POP Norte", port)
    row = page.get_by_role("row").filter(has_text="POP Norte")
    expect(row).to_contain_text("No ar", timeout=SOON)
    page.goto(f"{server.url}/admin/")
    expect(page.get_by_role("heading", name="Visão geral")).to_be_visible()
    port.close()
    banner = page.get_by_role("status").filter(has_text="1 massiva em curso")
    expect(banner.get_by_text("Suspeita", exact=True)).to_be_visible(timeout=SOON)
    banner.get_by_role("link", name="POP Norte").click()
    expect(page).to_have_url(re.compile(r"/admin/incidentes/[0-9a-f-]{36}$"))
    incident = page.url
    confirm(page)
    expect(page.get_by_text("Rompimento de fibra")).to_be_visible()

    customer = Customer(person(width=360), server)
    customer.visit()
    expect(customer.page.get_by_role("status").filter(has_text="Rompimento de fibra no POP Norte")).to_be_visible()
    customer.open_chat("Estou sem internet")
    expect(customer.line("Estou sem internet")).to_be_visible()

    page.goto(f"{server.url}/meu-painel/")
    page.get_by_role("link", name="José Pereira").click()
    place_at_the_point(page)
    lane = page.get_by_role("button", name="Massiva: POP Norte · 1 chamado")
    expect(lane).to_have_attribute("aria-expanded", "false", timeout=SOON)
    lane.press("Enter")
    expect(page.get_by_role("button", name="Atender: José Pereira")).to_be_visible()
    expect(page.get_by_role("link", name="Massiva: POP Norte")).to_be_visible()
    page.goto(f"{server.url}/admin/fila")
    expect(page.get_by_role("row").filter(has_text="José Pereira")).to_contain_text("Massiva: POP Norte")

    page.goto(incident)
    reply_to_all(page, "O reparo termina às 18:40.")
    expect(customer.line("O reparo termina às 18:40.")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("enviada a 1 de 1", exact=False)).to_be_visible(timeout=SOON)

    page.get_by_role("button", name="Encerrar", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Encerrar", exact=True).click()
    expect(page.get_by_text("Encerrada", exact=True).first).to_be_visible()
    yes = customer.page.get_by_role("button", name="Sim", exact=True)
    expect(yes).to_be_visible(timeout=SOON)
    yes.click()
    expect(customer.page.get_by_text("Que bom que a conexão voltou!")).to_be_visible(timeout=SOON)
    expect(yes).to_be_hidden()
    expect(page.get_by_text("Voltou", exact=True)).to_be_visible(timeout=SOON)


def require_gone_by_the_clock(customer: Customer, words: str) -> None:
    """Fail unless a page that is left open tells of planned work, and of none whose end has passed."""
    customer.page.clock.install()
    customer.visit()
    told = customer.page.get_by_role("status").filter(has_text=words)
    expect(told).to_be_visible()
    customer.page.clock.fast_forward("48:00:00")
    expect(told).to_be_hidden()


def announce(page: Page, title: str, message: str) -> None:
    """Plan work on the point that is open, and tell everyone."""
    dialog = page.get_by_role("dialog", name="POP Norte")
    dialog.get_by_role("button", name="Planejar manutenção").click()
    dialog.get_by_label("O que será feito").fill(title)
    expect(dialog.get_by_label("Mensagem aos clientes")).to_have_count(0)
    dialog.get_by_role("button", name="Todos", exact=True).click()
    expect(dialog.get_by_text("Avisado desde já, até o fim.")).to_be_visible()
    dialog.get_by_label("Mensagem aos clientes").fill(message)
    dialog.get_by_role("button", name="Planejar", exact=True).click()
    work = dialog.get_by_role("listitem").filter(has_text=title)
    expect(work.get_by_text("avisa todos", exact=True)).to_be_visible()
    expect(work.get_by_text(message)).to_be_visible()


def test_planned_work_is_announced_before_the_form_in_the_conversation_and_on_the_customers_card(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person()
    agent = Agent(page, server)
    sign_in_and_watch(agent, "POP Norte", port)
    page.get_by_role("row").filter(has_text="POP Norte").get_by_role("button").click()
    point = page.url
    announce(page, "Troca de fibra", "A internet pode oscilar.")

    customer = Customer(person(width=360), server)
    customer.visit()
    told = customer.page.get_by_role("status").filter(has_text="A internet pode oscilar.")
    day_and_times = r"Manutenção programada: \w{3}\., \d\d/\d\d,? \d\d:\d\d.+\d\d:\d\d\. A internet"
    expect(told).to_have_text(re.compile(day_and_times))
    require_gone_by_the_clock(Customer(person(width=360), server), "A internet pode oscilar.")
    customer.open_chat("Uma dúvida sobre o plano")
    expect(customer.line("Uma dúvida sobre o plano")).to_be_visible()
    expect(told).to_be_visible()
    assert customer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(point)
    dialog = page.get_by_role("dialog", name="POP Norte")
    dialog.get_by_role("button", name="Editar: Troca de fibra").click()
    form = dialog.get_by_role("form", name="Editar: Troca de fibra")
    form.get_by_label("Mensagem aos clientes").fill("Ficará sem sinal.")
    form.get_by_role("button", name="Salvar").click()
    expect(form).to_be_hidden()
    customer.page.reload()
    expect(customer.page.get_by_role("status").filter(has_text="Ficará sem sinal.")).to_be_visible()
    expect(customer.line("Uma dúvida sobre o plano")).to_be_visible()

    page.goto(f"{server.url}/meu-painel/")
    page.get_by_role("link", name="José Pereira").click()
    place_at_the_point(page)
    expect(page.get_by_text(re.compile("Manutenção: Troca de fibra, .+ · clientes avisados"))).to_be_visible()


def test_a_reply_goes_to_more_than_a_page_of_chats_but_those_left_out(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person()
    sign_in_and_watch(Agent(page, server), "POP Norte", port)
    incident = page.evaluate(DECLARE_WITH_CROWD, [valid_cpf(one) for one in range(1, CROWD + 1)])
    assert incident["counts"] == {"openChats": CROWD}

    page.goto(f"{server.url}/meu-painel/")
    lane = page.get_by_role("button", name=f"Massiva: POP Norte · {CROWD} chamados")
    lane.click()
    expect(page.get_by_role("button", name=re.compile("^Atender: Cliente"))).to_have_count(50)
    expect(page.get_by_text(f"e mais {CROWD - 50} depois destes").first).to_be_visible()

    page.goto(f"{server.url}/admin/incidentes/{incident['id']}")
    page.get_by_role("button", name="Responder a todos").click()
    dialog = page.get_by_role("dialog", name="Responder a todos os chamados")
    dialog.get_by_label("Mensagem").fill("O reparo termina às 18:40.")
    boxes = dialog.get_by_role("checkbox")
    expect(boxes).to_have_count(100)
    expect(dialog.get_by_text(f"Quem recebe: {CROWD} de {CROWD}")).to_be_visible()
    dialog.get_by_role("checkbox", name="Cliente 001").uncheck()
    dialog.get_by_role("button", name="Carregar mais").click()
    expect(boxes).to_have_count(CROWD)
    # Who was left out before stays so, and of the next page people are left out alike.
    expect(dialog.get_by_role("checkbox", name="Cliente 001")).not_to_be_checked()
    dialog.get_by_role("checkbox", name=f"Cliente {CROWD}").uncheck()
    expect(dialog.get_by_text(f"Quem recebe: {CROWD - 2} de {CROWD}")).to_be_visible()
    dialog.get_by_role("button", name=f"Enviar a {CROWD - 2} chamados").click()
    expect(dialog).to_be_hidden()
    sent = page.get_by_text(f"enviada a {CROWD - 2} de {CROWD - 2}", exact=False)
    expect(sent).to_be_visible(timeout=SOON)
