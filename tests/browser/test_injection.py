"""What customers write is text wherever it is shown: no script of theirs runs, and no element of theirs appears.

The corpus is of the kinds that the OWASP Cross Site Scripting Prevention and Filter Evasion cheat sheets tell of, each
written so that it would set `pwned`, or leave an element of that id.
"""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server

CORPUS = (
    "<script id=pwned>pwned=1</script>",
    "<ScRiPt id=pwned src=//x.example/a.js></sCrIpT>",
    "<img id=pwned src=x onerror=pwned=1>",
    '"><img id=pwned src=x onerror=pwned=1>',
    "'><svg id=pwned onload=pwned=1>",
    "<svg id=pwned><script>pwned=1</script></svg>",
    "<svg><animate id=pwned onbegin=pwned=1 attributeName=x dur=1s>",
    "<iframe id=pwned srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<iframe id=pwned src=javascript:parent.pwned=1></iframe>",
    "<details id=pwned open ontoggle=pwned=1>x</details>",
    "<input id=pwned autofocus onfocus=pwned=1>",
    "<video id=pwned><source onerror=pwned=1></video>",
    "<math id=pwned><mtext><table><mglyph><style><img src=x onerror=pwned=1>",
    "<a id=pwned href=javascript:pwned=1>x</a>",
    "javascript:pwned=1//https://x.example/",
    'https://x.example/"onmouseover="pwned=1"id="pwned',
    "https://x.example/'><img id=pwned src=x onerror=pwned=1>",
    "data:text/html,<script id=pwned>pwned=1</script>",
    "[x](javascript:pwned=1)",
    '![x](x"onerror="pwned=1)',
    "{{constructor.constructor('pwned=1')()}}",
    "${pwned=1}",
    "{@html '<img id=pwned src=x onerror=pwned=1>'}",
    "</textarea></title></style><img id=pwned src=x onerror=pwned=1>",
    "<!--><img id=pwned src=x onerror=pwned=1>-->",
    "<base id=pwned href=//x.example/>",
    "<meta id=pwned http-equiv=refresh content='0;url=//x.example/'>",
    "<link id=pwned rel=stylesheet href=//x.example/a.css>",
    "<form id=pwned action=//x.example/><button>x</button></form>",
    "&lt;img id=pwned src=x onerror=pwned=1&gt;",
    "\\u003cimg id=pwned src=x onerror=pwned=1\\u003e",
    "<img\x0bid=pwned\x0bsrc=x\x0bonerror=pwned=1>",
    "＜img id=pwned src=x onerror=pwned=1＞",
)
AS_NAME = "<img id=pwned src=x onerror=pwned=1>"
FOUND = """() => {
  const roots = [document]
  for (const root of roots) {
    for (const one of root.querySelectorAll('*')) if (one.shadowRoot) roots.push(one.shadowRoot)
  }
  const theirs = (one) =>
    one.id === 'pwned' || one.matches('iframe, object, embed, base') ||
    [...one.attributes].some(({name, value}) => /^on/i.test(name) || /^\\s*(javascript|data:text)/i.test(value))
  const found = roots.flatMap((root) => [...root.querySelectorAll('*')].filter(theirs).map((one) => one.outerHTML))
  return globalThis.pwned === undefined ? found : ['a script ran', ...found]
}"""


def test_what_customers_write_is_text_wherever_it_is_shown(server: Server, person: Callable[..., Page]) -> None:
    customer, agent = Customer(person(420, 800), server), Agent(person(), server)
    agent.sign_in()
    agent.attend()
    customer.visit()
    customer.open_chat(CORPUS[0], name=AS_NAME)
    row = agent.page.get_by_role("listitem").filter(has_text=AS_NAME)
    expect(row).to_contain_text(CORPUS[0])
    nothing_of_theirs(agent.page)
    row.get_by_role("button", name="Atender").click()
    for text in CORPUS[1:]:
        customer.write(text)
    for side in (customer, agent):
        for text in CORPUS:
            expect(side.line(shown(text)).first).to_be_visible(timeout=30_000)
        nothing_of_theirs(side.page)
    agent.page.reload()
    expect(agent.line(CORPUS[0]).first).to_be_visible()
    nothing_of_theirs(agent.page)
    _end_and_rate(customer)
    _look_everywhere(agent)


def _end_and_rate(customer: Customer) -> None:
    customer.end()
    customer.page.get_by_role("radio", name="1").check(force=True)
    customer.page.get_by_label("Comentário").fill(CORPUS[3])
    customer.page.get_by_role("button", name="Avaliar").click()
    expect(customer.page.get_by_text("Obrigado pela avaliação!")).to_be_visible()
    nothing_of_theirs(customer.page)


def _look_everywhere(agent: Agent) -> None:
    """The lists, the transcript, the search with its excerpts, and the notifications."""
    page, server = agent.page, agent.server
    page.goto(f"{server.url}/admin/historico")
    row = page.get_by_role("row").filter(has_text=AS_NAME)
    expect(row).to_be_visible()
    nothing_of_theirs(page)
    row.click()
    expect(page.get_by_text(CORPUS[5]).first).to_be_visible()
    expect(page.get_by_text(CORPUS[3]).first).to_be_visible()
    nothing_of_theirs(page)
    agent.search_history("stylesheet", AS_NAME)
    nothing_of_theirs(page)
    for path in ("/admin/", "/admin/equipe", "/admin/fila", "/admin/auditoria", "/meu-painel/"):
        page.goto(server.url + path)
        page.wait_for_load_state("networkidle")
        nothing_of_theirs(page)


def shown(text: str) -> str:
    """How a line is written on the page: what is no character there is left out by the server."""
    return " ".join(text.replace("\x0b", " ").split())


def nothing_of_theirs(page: Page) -> None:
    assert page.evaluate(FOUND) == []
