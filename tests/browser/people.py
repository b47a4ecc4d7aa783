"""What people do in the browser, in their words: a customer at the widget, an agent at the panel."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.browser.looks import settled
from tests.server import Server

CPF = "529.982.247-25"
OWN_PASSWORD = "cavalo bateria grampo"


@dataclass
class Customer:
    """Somebody on a site that embeds the widget."""

    page: Page
    server: Server

    def visit(self) -> None:
        self.page.goto(f"{self.server.url}/teste-widget/")
        self.page.get_by_role("button", name="Abrir atendimento").click()

    def open_chat(self, message: str, *, department: str = "Técnico", name: str = "José Pereira") -> None:
        page = self.page
        page.get_by_role("radio", name=department).check(force=True)
        page.get_by_label("Seu nome").fill(name)
        page.get_by_label("CPF").press_sequentially(CPF.replace(".", "").replace("-", ""))
        expect(page.get_by_label("CPF")).to_have_value(CPF)
        page.get_by_label("Como podemos ajudar?").fill(message)
        page.get_by_role("button", name="Iniciar conversa").click()

    def write(self, text: str) -> None:
        box = self.page.get_by_label("Escreva uma mensagem")
        box.fill(text)
        box.press("Enter")

    def line(self, text: str) -> Locator:
        return self.page.get_by_role("log").get_by_text(text)

    def end(self) -> None:
        self.page.get_by_role("button", name="Encerrar").first.click()
        self.page.get_by_role("button", name="Encerrar").last.click()


@dataclass
class Agent:
    """Somebody of the staff."""

    page: Page
    server: Server
    links: dict[str, str] = field(default_factory=dict)
    """Where those whom they added set a password, by e-mail."""

    def sign_in(self, email: str = "admin@alidash.example") -> None:
        self.knock(email, self.server.password)
        expect(self.page.get_by_text("Meus atendimentos")).to_be_visible()

    def knock(self, email: str, password: str) -> None:
        """Fill in the login page, whatever comes of it."""
        page = self.page
        page.goto(f"{self.server.url}/meu-painel/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Senha", exact=True).fill(password)
        page.get_by_role("button", name="Entrar", exact=True).click()

    def sign_in_first(self, link: str) -> None:
        """Choose a password by a link, which signs in."""
        self.choose_password(link)
        expect(self.page.get_by_text("Meus atendimentos")).to_be_visible()

    def choose_password(self, link: str) -> None:
        """Follow a link and choose a password, whatever comes of it."""
        page = self.page
        page.goto(link)
        page.get_by_label("Senha nova", exact=True).fill(OWN_PASSWORD)
        page.get_by_label("Repita a senha nova", exact=True).fill(OWN_PASSWORD)
        page.get_by_role("button", name="Salvar e entrar").click()

    def hire(self, name: str, email: str, *, role: str = "AGENT", departments: tuple[str, ...] = ("Técnico",)) -> None:
        """Add somebody, whose link is known from then on."""
        page = self.page
        page.goto(f"{self.server.url}/admin/usuarios")
        page.get_by_role("button", name="Novo usuário").first.click()
        form = page.get_by_role("dialog")
        form.get_by_label("Nome", exact=True).fill(name)
        form.get_by_label("E-mail").fill(email)
        form.get_by_label("Perfil").select_option(role)
        for department in departments:
            form.get_by_label(department).check()
        form.get_by_role("button", name="Novo usuário").click()
        secret = page.get_by_role("dialog").locator("code")
        self.links[email] = secret.inner_text()
        page.keyboard.press("Escape")
        expect(secret).to_have_count(0)

    def attend(self) -> None:
        self.page.get_by_label("Sua disponibilidade").click()
        self.page.get_by_role("button", name="Disponível", exact=True).click()

    def waiting(self, name: str = "José Pereira") -> Locator:
        """The row of somebody who waits."""
        return self.page.get_by_role("listitem").filter(has_text=name)

    def claim(self, name: str = "José Pereira") -> None:
        """Take the chat of somebody who waits."""
        self.waiting(name).get_by_role("button", name="Atender").click()

    def write(self, text: str) -> None:
        box = self.page.get_by_label("Escreva uma mensagem")
        box.fill(text)
        box.press("Enter")

    def line(self, text: str) -> Locator:
        return self.page.get_by_role("log").get_by_text(text)

    def search_history(self, words: str, name: str) -> Locator:
        """The row of somebody's chat among those found by these words, which are read some seconds after its end."""
        row = self.page.get_by_role("row").filter(has_text=name)
        for _ in range(20):
            self.page.goto(f"{self.server.url}/admin/historico")
            self.page.get_by_role("searchbox").fill(words)
            expect(self.page).to_have_url(re.compile("q="))
            settled(self.page)
            if row.count():
                break
            self.page.wait_for_timeout(1000)
        expect(row).to_be_visible()
        return row
