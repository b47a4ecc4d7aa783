"""What people do in the browser, in their words: a customer at the widget, an agent at the panel."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.server import Server

CPF = "529.982.247-25"


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

    def sign_in(self, email: str = "admin@alidash.example") -> None:
        page = self.page
        page.goto(f"{self.server.url}/meu-painel/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Senha", exact=True).fill(self.server.password)
        page.get_by_role("button", name="Entrar", exact=True).click()
        expect(page.get_by_text("Meus atendimentos")).to_be_visible()

    def attend(self) -> None:
        self.page.get_by_label("Sua disponibilidade").click()
        self.page.get_by_role("button", name="Disponível", exact=True).click()

    def write(self, text: str) -> None:
        box = self.page.get_by_label("Escreva uma mensagem")
        box.fill(text)
        box.press("Enter")

    def line(self, text: str) -> Locator:
        return self.page.get_by_role("log").get_by_text(text)
