"""The network on screen, against a port that really closes: down within three checks, seen without reloading."""

import re
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Agent
from tests.server import Server

pytestmark = pytest.mark.environment(ALIDASH_PROBE_NETWORKS="127.0.0.0/8")


IMPORT = """async (csv) => {
  const query = 'mutation($csv: String!) { importAccessPoints(csv: $csv) { file { created } } }'
  const answer = await fetch('/graphql', {
    method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({query, variables: {csv}})
  })
  return (await answer.json()).data.importAccessPoints.file.created
}"""


@pytest.fixture
def port() -> Iterator[socket.socket]:
    """Something that takes connections until it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def create(page: Page, name: str, port: int) -> None:
    page.get_by_role("button", name="Novo ponto").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill(name)
    dialog.get_by_label("Endereço").fill("127.0.0.1")
    dialog.get_by_label("Porta", exact=True).fill(str(port))
    dialog.get_by_label("A cada quantos segundos").fill("10")
    dialog.get_by_label("Falhas seguidas até cair").fill("1")
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).to_be_hidden()


def sign_in_and_watch(agent: Agent, name: str, port: socket.socket) -> None:
    """Come to a network of one point, which is checked by its port."""
    agent.sign_in()
    agent.page.goto(f"{agent.server.url}/admin/rede")
    create(agent.page, name, port.getsockname()[1])


def test_a_port_that_closes_is_shown_offline_without_reloading(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person()
    sign_in_and_watch(Agent(page, server), "POP Centro", port)
    row = page.get_by_role("row").filter(has_text="POP Centro")
    expect(row).to_contain_text("No ar")
    overview = page.context.new_page()
    overview.goto(f"{server.url}/admin/")
    down = overview.get_by_role("listitem").filter(has_text="Fora do ar")
    expect(down).to_contain_text("0")
    port.close()
    expect(row).to_contain_text("Fora do ar")
    expect(down).to_contain_text("1")
    down.get_by_role("link").click()
    expect(overview.get_by_role("button", name="1 Fora do ar", pressed=True)).to_be_visible()
    expect(overview.get_by_role("row").filter(has_text="POP Centro")).to_be_visible()
    expect(page.get_by_role("button", name="1 Fora do ar")).to_be_visible()
    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog", name="POP Centro")
    expect(dialog.get_by_text("em curso")).to_be_visible()
    expect(dialog.get_by_text("Últimas 24 horas")).to_be_visible()


def test_what_a_point_hangs_on_is_found_by_search_however_many_there_are(
    server: Server, person: Callable[..., Page]
) -> None:
    page = person()
    Agent(page, server).sign_in()
    page.goto(f"{server.url}/admin/rede")
    many = "\n".join(f"Torre {number:02};127.0.0.1;TCP;9" for number in range(60))
    imported = page.evaluate(IMPORT, f"name;address;kind;port\n{many}\nZona Sul;127.0.0.1;TCP;9")
    assert imported == 61
    page.get_by_role("button", name="Novo ponto").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nome").fill("Antena")
    dialog.get_by_label("Endereço").fill("127.0.0.1")
    dialog.get_by_role("button", name="Depende de").click()
    dialog.get_by_role("searchbox").fill("zona")
    dialog.get_by_role("radio", name="Zona Sul").check()
    expect(dialog.get_by_role("button", name="Zona Sul")).to_be_visible()
    dialog.get_by_role("button", name="Salvar").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("searchbox").fill("Antena")
    page.get_by_role("row").filter(has_text="Antena").get_by_role("button").click()
    expect(page.get_by_role("dialog", name="Antena").get_by_text("Zona Sul")).to_be_visible()


def test_a_check_is_tried_before_it_is_saved(server: Server, person: Callable[..., Page], port: socket.socket) -> None:
    page = person(width=360)
    Agent(page, server).sign_in()
    page.goto(f"{server.url}/admin/rede")
    page.get_by_role("button", name="Novo ponto").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Endereço").fill("127.0.0.1")
    dialog.get_by_label("Porta", exact=True).fill(str(port.getsockname()[1]))
    dialog.get_by_role("button", name="Testar agora").click()
    expect(dialog.get_by_text("No ar", exact=True)).to_be_visible()
    port.close()
    dialog.get_by_role("button", name="Testar agora").click()
    expect(dialog.get_by_text("recusou a conexão")).to_be_visible()
    dialog.get_by_label("Endereço").fill("10.0.0.1")
    dialog.get_by_role("button", name="Testar agora").click()
    expect(dialog.get_by_text("fora das redes")).to_be_visible()
    dialog.get_by_role("button", name="Cancelar").click()
    expect(page.get_by_text("Nenhum ponto de acesso")).to_be_visible()


def test_work_is_planned_week_by_week_and_taken_back_on_the_points_own_page(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person(width=360)
    sign_in_and_watch(Agent(page, server), "POP Centro", port)
    page.get_by_role("row").filter(has_text="POP Centro").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"/admin/rede/[0-9a-f-]{36}$"))
    page.reload()
    dialog = page.get_by_role("dialog", name="POP Centro")
    expect(dialog.get_by_text("Nenhuma planejada.")).to_be_visible()
    dialog.get_by_role("button", name="Planejar manutenção").click()
    dialog.get_by_label("O que será feito").fill("Troca de baterias")
    dialog.get_by_label("Quantas semanas").fill("3")
    dialog.get_by_role("button", name="Planejar", exact=True).click()
    rows = dialog.get_by_role("listitem").filter(has_text="Troca de baterias")
    expect(rows).to_have_count(3)
    assert dialog.evaluate("box => box.scrollWidth <= box.clientWidth")
    rows.nth(1).get_by_role("button", name="Esta e as seguintes").click()
    expect(rows).to_have_count(1)
    rows.get_by_role("button", name="Cancelar").click()
    expect(dialog.get_by_text("Nenhuma planejada.")).to_be_visible()
    dialog.get_by_role("button", name="Fechar").last.click()
    expect(page).to_have_url(f"{server.url}/admin/rede")


FILE = """Nome;Local;Endereço;Depende de;Checagem;Porta
POP Centro;Rua A;127.0.0.1;;TCP;{port}
Torre Norte;Morro;127.0.0.1;POP Centro;TCP;{port}
Torre Sul;Vale;10.0.0.1;POP Centro;TCP;22
"""


def test_a_spreadsheet_is_tried_brought_in_mended_and_taken_away(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person(width=360)
    Agent(page, server).sign_in()
    page.goto(f"{server.url}/admin/rede")
    page.get_by_role("button", name="Importar").click()
    dialog = page.get_by_role("dialog", name="Importar pontos")
    # As Excel in Brazil saves it where it was not told to.
    file = FILE.format(port=port.getsockname()[1]).encode("cp1252")
    dialog.get_by_label("Arquivo CSV").set_input_files(
        {"name": "pontos.csv", "mimeType": "text/csv", "buffer": file},
    )
    dialog.get_by_role("button", name="Conferir").click()
    expect(dialog.get_by_text("2 novos, 0 alterados, 0 iguais, 1 recusados")).to_be_visible()
    refused = dialog.get_by_role("listitem").filter(has_text="linha 4")
    expect(refused).to_contain_text("Endereço: Este endereço não pode ser checado")
    assert dialog.evaluate("box => box.scrollWidth <= box.clientWidth")
    dialog.get_by_role("button", name="Importar 2 pontos").click()
    expect(page.get_by_role("row").filter(has_text="Torre Norte")).to_contain_text("No ar")
    expect(refused).to_be_visible()
    lines = dialog.get_by_label("Ou cole as linhas aqui")
    lines.fill(lines.input_value().replace("10.0.0.1", "127.0.0.1"))
    dialog.get_by_role("button", name="Conferir").click()
    expect(dialog.get_by_text("1 novos, 0 alterados, 2 iguais, 0 recusados")).to_be_visible()
    dialog.get_by_role("button", name="Importar 1 ponto").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("3 no total")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Exportar").click()
    taken = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in taken] == ["Nome", "POP Centro", "Torre Norte", "Torre Sul"]
    assert taken[2].split(";")[3] == "POP Centro"


IMPORT = """(csv) => fetch('/graphql', {
  method: 'POST', headers: {'content-type': 'application/json'},
  body: JSON.stringify({query: 'mutation($csv: String!) { importAccessPoints(csv: $csv) { file { created } } }',
                        variables: {csv}}),
}).then((answer) => answer.json()).then(({data}) => data.importAccessPoints.file.created)"""


def test_a_tree_is_opened_by_keyboard_and_shows_what_is_cut_off(
    server: Server, person: Callable[..., Page], port: socket.socket
) -> None:
    page = person(width=360)
    Agent(page, server).sign_in()
    page.goto(f"{server.url}/admin/rede")
    alive = port.getsockname()[1]
    head = "name;parent;address;kind;port;interval;failAfter;timeout"
    # Nobody listens at the port 9.
    lines = [
        f"OLT;;127.0.0.1;TCP;{alive};10;1;1",
        "Torre;OLT;127.0.0.1;TCP;9;10;1;1",
        "Rádio;Torre;127.0.0.1;TCP;9;10;1;1",
    ]
    assert page.evaluate(IMPORT, "\n".join([head, *lines])) == 3
    page.get_by_role("button", name="Árvore").click()
    tree = page.get_by_role("list", name="Árvore")
    root = tree.get_by_role("button", name=re.compile(r"^OLT 2 abaixo, 2 fora do ar"))
    expect(root).to_be_visible()
    expect(tree.get_by_role("listitem")).to_have_count(1)
    root.focus()
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("button", name="O que depende de OLT")).to_have_attribute("aria-expanded", "true")
    expect(tree.get_by_role("button", name=re.compile(r"^Torre"))).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_text("inalcançável: Torre está fora do ar")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Torre")).to_contain_text("1 abaixo, 1 fora do ar")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    expect(tree.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("button", name="2 Fora do ar 1 por causa de outro")).to_be_visible()
