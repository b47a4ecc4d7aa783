"""Several people attend at once: who gets a chat, whose lines are whose, and where a chat goes on."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.people import Agent, Customer
from tests.server import Server

ANA = "ana@desk.example"
TAKEN = "Outra pessoa já assumiu este atendimento."
OUTCOME = f"""() =>
  document.body.innerText.includes('{TAKEN}') ? 'told' : location.pathname.includes('/chat/') ? 'won' : null"""


def two_agents(server: Server, person: Callable[..., Page], *departments: str) -> tuple[Agent, Agent]:
    """The administrator, and Ana of these departments; both attend."""
    boss, ana = Agent(person(), server), Agent(person(), server)
    boss.sign_in()
    boss.hire("Ana Lima", ANA, departments=departments)
    boss.page.goto(f"{server.url}/meu-painel/")
    ana.sign_in_first(boss.links[ANA])
    for agent in (boss, ana):
        agent.attend()
    return boss, ana


def customer(server: Server, person: Callable[..., Page], name: str, message: str) -> Customer:
    found = Customer(person(420, 800), server)
    found.visit()
    found.open_chat(message, name=name)
    expect(found.line(message)).to_have_count(1)
    return found


def claim_at_once(name: str, *agents: Agent) -> tuple[Agent, Agent]:
    """Let both claims leave their browsers at one moment; who won, and who was told."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "claimChat" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    for agent in agents:
        agent.page.route("**/graphql", hold)
        with agent.page.expect_request(lambda request: "claimChat" in (request.post_data or "")):
            agent.claim(name)
    for route in held:
        route.continue_()
    outcomes = {str(agent.page.wait_for_function(OUTCOME).json_value()): agent for agent in agents}
    for agent in agents:
        agent.page.unroute("**/graphql")
    return outcomes["won"], outcomes["told"]


def test_of_two_who_claim_one_chat_one_wins_the_other_is_told_and_lines_never_cross(
    server: Server, person: Callable[..., Page]
) -> None:
    agents = two_agents(server, person, "Técnico")
    jose = customer(server, person, "José Pereira", "Estou sem internet")
    winner, loser = claim_at_once("José Pereira", *agents)
    expect(loser.waiting()).to_have_count(0)
    expect(jose.page.get_by_text("Em atendimento")).to_be_visible()

    maria = customer(server, person, "Maria Silva", "Preciso da segunda via")
    loser.claim("Maria Silva")
    expect(loser.line("Preciso da segunda via")).to_have_count(1)
    pairs = ((winner, jose, "sinal"), (loser, maria, "boleto"))
    for number in range(3):
        for agent, writer, about in pairs:
            agent.write(f"do atendente {about} {number}")
            writer.write(f"do cliente {about} {number}")
    for agent, writer, about in pairs:
        other = "boleto" if about == "sinal" else "sinal"
        for side in (agent, writer):
            for number in range(3):
                expect(side.line(f"do atendente {about} {number}")).to_have_count(1)
                expect(side.line(f"do cliente {about} {number}")).to_have_count(1)
            assert other not in side.page.get_by_role("log").inner_text()


class Heard:
    """All that a page has received, by whatever way."""

    def __init__(self, page: Page) -> None:
        self._parts: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._note))
        page.route("**/graphql", self._fetch)

    def _note(self, frame: Any) -> None:
        self._parts.append(frame if isinstance(frame, str) else frame.decode())

    def _fetch(self, route: Route) -> None:
        answer = route.fetch()
        self._parts.append(answer.text())
        route.fulfill(response=answer)

    def __contains__(self, text: str) -> bool:
        return any(text in part for part in self._parts)


def transfer(agent: Agent, kind: str, to: str, reason: str) -> None:
    page = agent.page
    page.get_by_role("button", name="Ações do atendimento").click()
    page.get_by_role("button", name="Transferir…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=kind).click()
    dialog.get_by_label(to).check()
    dialog.get_by_label("Motivo").fill(reason)
    dialog.get_by_role("button", name="Transferir").click()
    expect(page.get_by_text("Atendimento transferido para")).to_be_visible()


def test_a_transferred_chat_goes_on_and_notes_and_reasons_never_reach_the_customer(
    server: Server, person: Callable[..., Page]
) -> None:
    boss, ana = two_agents(server, person, "Comercial")
    page = person(420, 800)
    heard = Heard(page)
    jose = Customer(page, server)
    jose.visit()
    jose.open_chat("Quero mudar de plano")
    boss.claim()
    boss.page.get_by_role("button", name="Nota interna").click()
    note = boss.page.get_by_label("Escreva uma nota que só a equipe vê")
    note.fill("Cliente antigo: oferecer 500 mega.")
    note.press("Enter")
    expect(boss.line("Cliente antigo: oferecer 500 mega.")).to_have_count(1)
    boss.page.get_by_role("button", name="Nota interna").click()
    boss.write("Vou passar para o comercial.")

    transfer(boss, "Setor", "Comercial", "Mudança de plano")
    expect(jose.line("A conversa foi transferida para Comercial.")).to_have_count(1)
    ana.claim()
    for text in ("Quero mudar de plano", "Cliente antigo: oferecer 500 mega.", "Mudança de plano"):
        expect(ana.line(text)).to_have_count(1)
    ana.write("Aqui é o comercial.")
    expect(jose.line("Aqui é o comercial.")).to_have_count(1)

    transfer(ana, "Colega", "Administra", "Precisa de desconto")
    boss.page.get_by_role("link").filter(has_text="José Pereira").click()
    expect(boss.line("Precisa de desconto")).to_have_count(1)
    boss.write("Desconto aprovado.")
    expect(jose.line("Desconto aprovado.")).to_have_count(1)

    page.reload()
    expect(jose.line("Desconto aprovado.")).to_have_count(1)
    for text in ("Quero mudar de plano", "Aqui é o comercial.", "Desconto aprovado."):
        assert text in heard
    for text in ("500 mega", "Mudança de plano", "Precisa de desconto"):
        assert text not in heard
