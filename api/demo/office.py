"""What the demo's desk has written down: canned replies, tickets, a bot's key, days off."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from validate_docbr import CPF

from api.demo.people import ADMIN, Team
from api.models.enums import CannedReplyScope, Priority, Scope
from api.resolvers.api_keys import create_api_key
from api.resolvers.canned_replies import NewCannedReply, create_canned_reply
from api.resolvers.claims import claim_chat
from api.resolvers.departments import list_departments
from api.resolvers.holidays import add_national_holidays
from api.resolvers.tickets import NewTicket, open_ticket

REPLIES = (
    ("ola", "Saudação", "Olá, {cliente}! Aqui é {agente}. Vou olhar isso agora mesmo, um instante."),
    (
        "reinicie",
        "Reiniciar o roteador",
        "Pode tirar o roteador da tomada por 30 segundos e ligar de novo, por favor?",
    ),
    ("visita", "Agendar visita", "Vou agendar a visita de um técnico. Qual período é melhor: manhã ou tarde?"),
    ("tchau", "Despedida", "Obrigado pelo contato, {cliente}! O protocolo deste atendimento é {protocolo}."),
)
OWN = ("sinal", "O sinal da sua fibra está em -19 dBm, dentro do normal.", "Nível do sinal")


@dataclass(frozen=True)
class Errand:
    """A ticket: what for, and when it is due, counted from the beginning of the demo's day."""

    department: str
    name: str
    subject: str
    description: str
    due: timedelta | None
    priority: Priority = Priority.NORMAL
    agent: str | None = None


ERRANDS = (
    Errand(
        "tecnico",
        "Escola Pequeno Mundo",
        "Trocar o cabo drop da escola",
        "Cabo rompido pela poda das árvores. A diretora pede que seja depois das 17h.",
        timedelta(hours=8),
        Priority.HIGH,
        "bruno@alidash.example",
    ),
    Errand(
        "tecnico",
        "Padaria Pão da Praça",
        "Levar o roteador novo",
        "Roteador queimado. Modelo com Wi-Fi 6, já separado no estoque.",
        timedelta(days=1, hours=9),
    ),
    Errand(
        "comercial",
        "Tiago Barbosa",
        "Proposta para 700 mega",
        "Ligou pedindo proposta por escrito para a loja nova da Rua do Comércio.",
        timedelta(days=3),
        agent="ana@alidash.example",
    ),
    Errand(
        "administrativo",
        "Helena Fonseca",
        "Estorno da cobrança em dobro",
        "Pagou o boleto de outubro duas vezes. Enviou os dois comprovantes por e-mail.",
        None,
    ),
)


async def furnish(team: Team) -> None:
    """Write all of it down, as the desk's own people would."""
    admin = team.contexts[ADMIN]
    for shortcut, title, body in REPLIES:
        await create_canned_reply(admin, NewCannedReply(shortcut, body, title, CannedReplyScope.EVERYBODY))
    await create_canned_reply(team.contexts["ana@alidash.example"], NewCannedReply(*OWN))
    await create_api_key(admin, name="Robô do WhatsApp", scopes=[Scope.CHAT_WRITE, Scope.QUEUE_READ])
    await add_national_holidays(admin, year=admin.now().year)
    departments = {row.slug: row.id for row in await list_departments(admin)}
    for errand in ERRANDS:
        opened = await open_ticket(admin, _ticket(errand, departments[errand.department], admin.now()))
        if errand.agent:
            await claim_chat(team.contexts[errand.agent], opened.id)


def _ticket(errand: Errand, department_id: uuid.UUID, now: datetime) -> NewTicket:
    return NewTicket(
        department_id,
        errand.subject,
        errand.description,
        name=errand.name,
        cpf=CPF().generate(),
        priority=errand.priority,
        due_at=now + errand.due if errand.due else None,
    )
