"""Who works at the demo's desk, and who writes to it."""

import random
import uuid
from dataclasses import dataclass

from validate_docbr import CPF

from api.business_hours import Stretch
from api.context import Anonymous, Context
from api.demo.lines import CUSTOMERS, Talk
from api.models.enums import Channel, Role
from api.passwords import random_password
from api.resolvers.departments import DepartmentChange, list_departments, update_department
from api.resolvers.openings import Opening, open_chat
from api.resolvers.sessions import sign_in
from api.resolvers.users import NewUser, create_user
from api.subscriptions.running import Running

ADMIN = "admin@alidash.example"
OFFICE = "administrativo"
OFFICE_HOURS = tuple(Stretch(day, 8 * 60, 18 * 60) for day in range(5))

STAFF = (
    (ADMIN, "Administração", Role.ADMIN, ("comercial", "tecnico", "administrativo")),
    ("ana@alidash.example", "Ana Beatriz", Role.AGENT, ("tecnico", "comercial")),
    ("bruno@alidash.example", "Bruno Reis", Role.AGENT, ("tecnico",)),
    ("carla@alidash.example", "Carla Mendes", Role.AGENT, ("comercial", "administrativo")),
    ("elisa@alidash.example", "Elisa Prado", Role.SUPERVISOR, ("comercial", "tecnico", "administrativo")),
)


@dataclass(frozen=True)
class Team:
    """The staff, signed in, and the one password that all of them have in this demo."""

    contexts: dict[str, Context]
    ids: list[uuid.UUID]
    password: str

    def attending(self, slug: str) -> list[Context]:
        """The agents of a department."""
        return [self.contexts[email] for email, _, role, slugs in STAFF if role is Role.AGENT and slug in slugs]


async def hire(running: Running) -> Team:
    """Add the staff."""
    departments = {row.slug: row.id for row in await list_departments(running.as_system())}
    password, contexts, people = random_password(), {}, []
    for email, name, role, slugs in STAFF:
        ids = tuple(departments[slug] for slug in slugs)
        new = NewUser(email=email, name=name, role=role, department_ids=ids, password=password, capacity=8)
        people.append((await create_user(running.as_system(), new)).user.id)
        principal = (await sign_in(Context(running.services), email=email, password=password)).principal
        contexts[email] = Context(running.services, principal)
    # Open in the day only, so that the demo shows closing hours; at night its customers wait and are told so.
    await update_department(contexts[ADMIN], departments[OFFICE], DepartmentChange(hours=OFFICE_HOURS))
    return Team(contexts, people, password)


@dataclass(frozen=True)
class Visitor:
    """A customer with an open chat."""

    ctx: Context
    chat_id: uuid.UUID


@dataclass(frozen=True)
class Caller:
    """Who opens a chat."""

    name: str
    cpf: str


async def arrive(running: Running, talk: Talk, caller: Caller | None = None) -> Visitor:
    """A customer opens a chat with the first line of a talk; somebody new, where nobody is named."""
    caller = caller or Caller(random.choice(CUSTOMERS), CPF().generate())
    # Each from an address of their own, as a town's customers are.
    address = f"198.51.100.{random.randrange(1, 255)}"
    somebody = Context(running.services, Anonymous(), address=address)
    opening = Opening(
        name=caller.name,
        message=talk.lines[0],
        department_slug=talk.department,
        cpf=caller.cpf,
        phone=f"+55 82 9{random.randrange(8000, 9999)}-{random.randrange(1000, 9999)}",
        category=talk.category,
        channel=random.choices((Channel.WIDGET, Channel.WHATSAPP, Channel.TELEGRAM), (6, 3, 1))[0],
    )
    opened = await open_chat(somebody, opening)
    return Visitor(somebody.acting_as(opened.customer), opened.chat.id)
