"""Looks at a screen as its people meet it: on a telephone, a tablet and a desk, dark and light, and by axe's rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

HERE = Path(__file__).parent
AXE = HERE.parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"
"""MPL-2.0: a tool of these tests, never part of what is shipped (ADR 36)."""
LOOK = (HERE / "look.js").read_text().split("\n", 1)[1]
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
RUN_AXE = """async (tags) => {
  const {violations} = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
  return violations.filter(({impact}) => impact === 'serious' || impact === 'critical').flatMap(({id, help, nodes}) =>
    nodes.map(({target, any}) => `${id}: ${help}: ${target.join(' ')} ${any.map(({message}) => message).join('; ')}`))
}"""
QUIET = "() => !document.querySelector('.animate-pulse, [aria-busy=true]')"
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass(frozen=True)
class Sight:
    """One way to see a screen: how wide, in which language and theme."""

    width: int
    language: str
    theme: str
    axe: bool = False
    """Read by axe as well, which takes longer than all else."""

    def __str__(self) -> str:
        return f"{self.width} px, {self.language}, {self.theme}"


SIGHTS = {
    "pt-BR": (Sight(1440, "pt-BR", "dark", axe=True), Sight(768, "pt-BR", "light"), Sight(360, "pt-BR", "dark")),
    "en": (Sight(1440, "en", "light"), Sight(768, "en", "dark"), Sight(360, "en", "light", axe=True)),
}
"""Each width in both languages and both themes; axe reads the widest in the dark and the narrowest in the light."""

BETWEEN = (640, 1024, 1280)
"""Where the layout turns: looked at, but not read by axe again."""


def prefer(page: Page, language: str, theme: str) -> None:
    """Set what the panel remembers of a person, before its page is loaded."""
    page.add_init_script(
        f"localStorage.setItem('alidash.locale', '{language}'); localStorage.setItem('alidash.theme', '{theme}')"
    )


def settled(page: Page) -> None:
    """Wait until the page has what it asked for, and has drawn it."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(QUIET)
    page.evaluate(PAINTED)


def require_whole(page: Page, sights: Sequence[Sight], what: str = "") -> None:
    """Fail, with all that is wrong, where the page as it stands has a fault in one of these sights."""
    found: list[str] = []
    for sight in sights:
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", sight.theme)
        at_this_width = _at(page, sight.width)
        found += [f"{sight}: {fault}" for fault in (*at_this_width, *(_by_axe(page) if sight.axe else ()))]
    for width in BETWEEN:
        found += [f"{width} px: {fault}" for fault in _at(page, width)]
    assert not found, "\n".join((f"{what} at {page.url}", *found))


def require_readable(page: Page, what: str = "", but: Sequence[str] = ()) -> None:
    """Fail, with all that is wrong, where axe finds a fault on the page as it stands; `but` names rules left out."""
    found = [fault for fault in _by_axe(page) if fault.split(":")[0] not in but]
    assert not found, "\n".join((f"{what} at {page.url}", *found))


def require_fits_and_readable(page: Page, what: str) -> None:
    """As `require_readable`, on a desk and on a telephone, which the page fits."""
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(PAINTED)
        require_readable(page, f"{what}, {width} px")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{what}, {width} px"


def _at(page: Page, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("(width) => matchMedia(`(width: ${width}px)`).matches", arg=width)
    page.evaluate(PAINTED)
    return page.evaluate(LOOK)


def _by_axe(page: Page) -> list[str]:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    return page.evaluate(RUN_AXE, list(RULES))


class Requests:
    """Which hosts a page asks for something."""

    def __init__(self, page: Page, home: str) -> None:
        self._home = urlsplit(home).netloc
        self.foreign: list[str] = []
        page.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self._home:
            self.foreign.append(url)
