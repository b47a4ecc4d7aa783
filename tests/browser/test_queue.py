"""A supervisor before all queues: who waits, what they wrote first, and to whom they go."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Agent, Customer
from tests.server import Server


def row(page: Page, name: str) -> Locator:
    """Somebody's row in the list of who waits."""
    return page.get_by_role("row").filter(has_text=name)


def waiting(server: Server, person: Callable[..., Page], name: str, message: str, **options: str) -> Customer:
    customer = Customer(person(420, 800), server)
    customer.visit()
    customer.open_chat(message, name=name, **options)
    return customer


def before_the_queue(server: Server, person: Callable[..., Page], width: int = 1440) -> Agent:
    boss = Agent(person(width), server)
    boss.sign_in()
    boss.page.goto(f"{server.url}/admin/fila")
    expect(boss.page.get_by_text("Ninguém espera")).to_be_visible()
    return boss


def test_who_comes_appears_in_the_order_to_be_served_and_a_raised_priority_moves_them(
    server: Server, person: Callable[..., Page]
) -> None:
    boss = before_the_queue(server, person)
    page = boss.page
    first = waiting(server, person, "José Pereira", "Estou sem internet")
    expect(row(page, "José Pereira")).to_contain_text("Estou sem internet")
    waiting(server, person, "Maria Silva", "Segunda via", department="Comercial")
    expect(page.get_by_role("row")).to_have_count(3)
    names = page.get_by_role("row").locator("a")
    expect(names).to_have_text(["José Pereira", "Maria Silva"])
    page.get_by_role("combobox", name="Prioridade de Maria Silva").select_option("URGENT")
    expect(names).to_have_text(["Maria Silva", "José Pereira"])
    # What they add does not hide what it is about.
    first.write("Alguém aí?")
    page.get_by_label("Setor").select_option(label="Técnico")
    expect(names).to_have_text(["José Pereira"])
    expect(row(page, "José Pereira")).to_contain_text("Estou sem internet")
    first.end()
    expect(page.get_by_text("Ninguém espera")).to_be_visible()


def test_a_supervisor_reads_a_waiting_chat_and_gives_it_to_somebody_who_has_room(
    server: Server, person: Callable[..., Page]
) -> None:
    boss = before_the_queue(server, person)
    page = boss.page
    customer = waiting(server, person, "José Pereira", "Estou sem internet")
    page.get_by_role("link", name="Ler a conversa de José Pereira").click()
    expect(boss.line("Estou sem internet")).to_have_count(1)
    page.get_by_role("link", name="Voltar à fila").first.click()
    page.get_by_role("button", name="Atribuir José Pereira a alguém").click()
    dialog = page.get_by_role("dialog")
    # The only one of the department is the administrator, who has not chosen to attend.
    expect(dialog.get_by_text("Ninguém deste setor pode receber agora.")).to_be_visible()
    page.keyboard.press("Escape")
    boss.attend()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Atribuir José Pereira a alguém").click()
    dialog.get_by_role("radio").first.check()
    dialog.get_by_role("button", name="Atribuir").click()
    expect(page.get_by_text("Ninguém espera")).to_be_visible()
    expect(customer.page.get_by_text("Em atendimento")).to_be_visible()


def test_the_queue_fits_a_telephone(server: Server, person: Callable[..., Page]) -> None:
    boss = before_the_queue(server, person, width=360)
    waiting(server, person, "José Pereira", "Estou sem internet e o roteador pisca vermelho desde ontem à noite")
    expect(row(boss.page, "José Pereira")).to_be_visible()
    assert boss.page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
