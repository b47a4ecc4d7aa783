"""Where the panels' screens are, and what opens over them; the pages are read from the client's own table."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Page

ROUTES = Path(__file__).parent.parent.parent / "web" / "src" / "app" / "routes.ts"

ADMIN, AGENT = "admin@alidash.example", "ana@alidash.example"
"""Two people of the demo."""

Act = Callable[[Page], None]


def panel_paths() -> dict[str, str]:
    """The pages of the panels by name: `paths` in routes.ts, which the type checker holds to have every page, and
    those within them that have an address of their own.
    """
    table = re.search(r"export const paths: Record<PanelPage, string> = \{\n(.*?)\n\}", ROUTES.read_text(), re.DOTALL)
    assert table is not None
    paths = dict(re.findall(r"^  (\w+): '(/[^']*)',$", table[1], re.MULTILINE))
    assert len(paths) == len(table[1].splitlines()), "a line of `paths` that is not understood here"
    return paths | dict(re.findall(r"export const (\w+)Path = '(/[^']*)'", ROUTES.read_text()))


def made_paths() -> set[str]:
    """The functions of routes.ts that make the address of one thing."""
    return set(re.findall(r"export (?:const|function) (\w+Path)\b(?! = ')", ROUTES.read_text()))


def picture(name: str) -> str:
    """What the picture of a screen is called: `apiKeys` is api-keys, `ticketPath` is ticket."""
    return re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", name.removesuffix("Path"))


def one_thing(page: Page, path: str) -> None:
    """Open the first thing that the list at this path leads to."""
    page.locator(f"main [data-row], main li a[href*='/chat/'], main a[href^='{path}/']").first.click()
    page.wait_for_url(lambda url: urlsplit(url).path != path)


def press(name: str, role: Literal["button", "tab"] = "button") -> Act:
    """Press what has this name, said in both languages."""
    return lambda page: page.get_by_role(role, name=re.compile(name)).first.click()


def act_on_chat(name: str) -> Act:
    """Choose from the acts on the open chat."""

    def choose(page: Page) -> None:
        press("Ações do atendimento|Acts on this chat")(page)
        press(name)(page)

    return choose


def key(name: str) -> Act:
    """Press a key, outside of every field."""
    return lambda page: page.locator("body").press(name)


def row(page: Page) -> None:
    """Open the first row of the page's list."""
    page.locator("[data-row]").first.click()


def slash(page: Page) -> None:
    """Look for a canned reply."""
    page.get_by_label(re.compile("Escreva uma mensagem|Write a message")).press_sequentially("/")


OVER_PAGES: dict[str, tuple[Act, ...]] = {
    "users": (press("Novo usuário|New user"), row, press("Disponibilidade de|Availability of")),
    "blocks": (press("Bloquear rede|Block a network"),),
    "departments": (press("Novo setor|New department"), row, press("Novo feriado|New holiday")),
    "network": (press("Novo ponto|New point"), row),
    "apiKeys": (press("Nova chave|New key"),),
    "profile": (press("^Ligar$|^Switch on$"),),
    "replies": (press("Nova resposta|New reply"), row),
    "tickets": (press("Abrir ticket|Open a ticket"),),
    "overview": (
        press("^Notifica|^Notific"),
        press("Sua disponibilidade|Your availability"),
        press("menu do perfil|profile menu"),
        key("Control+k"),
        key("?"),
    ),
}
"""What opens over a page, by the page."""

OVER_CHAT = (
    press("Ações do atendimento|Acts on this chat"),
    act_on_chat("^Transferir|^Transfer"),
    act_on_chat("^Devolver|^Give back|^Return"),
    act_on_chat("^Transformar|^Turn|ticket…$"),
    act_on_chat("^Encerrar|^Close"),
    press("^Notifica|^Notific"),
    press("Mostrar o CPF|Show the CPF"),
    press("Corrigir dados|Correct data"),
    press("^Apagar dados|^Erase data"),
    press("^Bloquear|^Block"),
    slash,
)

_PATHS = panel_paths()
FOUND_ON: dict[str, tuple[str, str]] = {
    "ticketPath": (AGENT, _PATHS["tickets"]),
    "transcriptPath": (ADMIN, _PATHS["history"]),
    "chatPath": (ADMIN, _PATHS["attend"]),
    "queueChatPath": (ADMIN, _PATHS["queue"]),
    "teamChatPath": (ADMIN, _PATHS["team"]),
    "pointPath": (ADMIN, _PATHS["network"]),
    "incidentPath": (ADMIN, _PATHS["incidents"]),
}
"""Who finds one thing on which page's list."""
