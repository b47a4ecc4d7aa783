"""People from their creation to their first day: what each role sees, and what an address that is not theirs says."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import OWN_PASSWORD, Agent
from tests.browser.screens import panel_paths
from tests.server import Server

PATHS = panel_paths()
SEEN = {
    "AGENT": {"attend", "tickets", "network", "incidents", "replies"},
    "SUPERVISOR": {
        "attend",
        "tickets",
        "overview",
        "queue",
        "team",
        "history",
        "network",
        "incidents",
        "users",
        "replies",
    },
    "ADMIN": PATHS.keys() - {"metrics", "profile", "rights", "blocks"},
}
"""What each role finds in its navigation."""
FOREIGN = {"AGENT": ("users", "overview"), "SUPERVISOR": ("audit", "apiKeys")}
"""Pages that they may know the address of."""


def require_only_theirs(page: Page, role: str) -> None:
    """Everything of their role is in the navigation, and nothing else."""
    links = page.get_by_role("navigation", name="Navegação principal").get_by_role("link")
    expect(links).to_have_count(len(SEEN[role]))
    addresses = {link.get_attribute("href") for link in links.all()}
    assert addresses == {PATHS[name] for name in SEEN[role]}


def test_each_role_is_created_comes_by_a_link_and_sees_what_is_theirs(
    server: Server, person: Callable[..., Page]
) -> None:
    boss = Agent(person(), server)
    boss.sign_in()
    require_only_theirs(boss.page, "ADMIN")
    people = {"AGENT": "ana@desk.example", "SUPERVISOR": "bia@desk.example"}
    for role, email in people.items():
        boss.hire(f"Pessoa {role}", email, role=role)
    for role, email in people.items():
        newcomer = Agent(person(), server)
        newcomer.sign_in_first(boss.links[email])
        require_only_theirs(newcomer.page, role)
        for name in FOREIGN[role]:
            newcomer.page.goto(f"{server.url}{PATHS[name]}")
            expect(newcomer.page.get_by_text("Esta página não faz parte do seu perfil").last).to_be_visible()
        newcomer.page.get_by_role("link", name="Ir para o início").click()
        expect(newcomer.page.locator("main").get_by_text("Esta página não faz parte")).to_have_count(0)

    email = people["AGENT"]
    again = Agent(person(), server)
    again.page.goto(boss.links[email])
    expect(again.page.get_by_text("Este link não vale mais")).to_be_visible()
    again.knock(email, "outra senha qualquer")
    expect(again.page.get_by_role("alert")).to_be_visible()
    again.knock(email, OWN_PASSWORD)
    expect(again.page.get_by_text("Meus atendimentos")).to_be_visible()
