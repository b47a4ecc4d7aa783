"""The people of a desk, each in one line: `ana = await desk.agent("tecnico")`."""

import itertools
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from api.context import ChatCustomer, Context, Machine, Staff
from api.db import Database
from api.errors import AppError
from api.events import Event
from api.models import Chat, Department, EventRow, Leg, Message, User
from api.models.enums import Availability, MessageKind, Permission, Role, Scope
from api.passwords import token_hash
from api.resolvers.api_keys import ApiKeySecret, create_api_key
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.departments import list_departments
from api.resolvers.messages import send_message
from api.resolvers.openings import Opened, Opening, open_chat
from api.resolvers.presence import renew_presence, set_availability
from api.resolvers.sessions import sign_in
from api.resolvers.users import NewUser, UserChange, create_user, update_user
from api.services import Running
from tests.changes import Contents, contents, nothing_changes, refused
from tests.clock import Clock

PASSWORD = "a long enough secret"


def valid_cpf(number: int) -> str:
    """The eleven digits of the CPF whose first nine are `number`."""
    digits = [int(digit) for digit in f"{number:09d}"]
    for length in (10, 11):
        rest = sum(digit * weight for digit, weight in zip(digits, range(length, 1, -1), strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return "".join(map(str, digits))


@dataclass
class Desk:
    """One app with the people that a test calls in."""

    running: Running
    clock: Clock
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def db(self) -> Database:
        return self.running.services.db

    @property
    def system(self) -> Context:
        return self.running.as_system()

    @property
    def anonymous(self) -> Context:
        """Somebody new, from an address of their own."""
        number = next(self._numbers)
        return Context(self.running.services, address=f"10.0.{number // 250}.{number % 250 + 1}")

    async def department(self, slug: str) -> Department:
        return next(found for found in await list_departments(self.system) if found.slug == slug)

    # Staff

    async def staff(
        self,
        role: Role,
        *slugs: str,
        name: str = "",
        permissions: tuple[Permission, ...] = (),
        capacity: int = 5,
        present: bool = True,
    ) -> Context:
        """A signed-in person who attends in these departments, with a live connection at this moment."""
        number = next(self._numbers)
        name = name or f"{role.title()} {number}"
        departments = tuple([(await self.department(slug)).id for slug in slugs])
        new = NewUser(
            email=f"person{number}@desk.example",
            name=name,
            role=role,
            department_ids=departments,
            password=PASSWORD,
            capacity=capacity,
        )
        created = await create_user(self.system, new)
        if permissions:
            boss = Staff(
                created.user.id,
                "Boss",
                Role.ADMIN,
                frozenset(Permission),
                frozenset(),
                session_id=created.user.id,
            )
            await update_user(self.as_(boss), created.user.id, UserChange(permissions=permissions))
        if present:
            await renew_presence(self.system, [created.user.id])
        return await self.signed_in(created.user.email)

    async def online(self, *slugs: str, **options: Any) -> Context:
        """An agent who has chosen to attend."""
        agent = await self.agent(*slugs, **options)
        await set_availability(agent, Availability.ONLINE)
        return agent

    async def signed_in(self, email: str, password: str = PASSWORD) -> Context:
        """The same person once more, in a session of its own."""
        login = await sign_in(self.anonymous, email=email, password=password)
        return self.as_(login.principal)

    async def admin(self, *slugs: str, **options: Any) -> Context:
        return await self.staff(Role.ADMIN, *slugs, **options)

    async def supervisor(self, *slugs: str, **options: Any) -> Context:
        return await self.staff(Role.SUPERVISOR, *slugs, **options)

    async def agent(self, *slugs: str, **options: Any) -> Context:
        return await self.staff(Role.AGENT, *slugs, **options)

    async def analyst(self, *slugs: str, **options: Any) -> Context:
        return await self.staff(Role.ANALYST, *slugs, **options)

    async def newcomer(self, role: Role = Role.AGENT, *slugs: str) -> Context:
        """Somebody whose role asks for a second factor, who has not set it up yet."""
        newcomer = await self.staff(role, *slugs)
        return self.as_(replace(person(newcomer), lacks_second_factor=True))

    async def machine(self, *scopes: Scope, by: Context | None = None) -> Context:
        """A bot or script with a key of its own."""
        return self.holding(await create_api_key(by or await self.admin(), name="Robô", scopes=list(scopes)))

    def holding(self, secret: ApiKeySecret) -> Context:
        """Whoever holds an API key."""
        key = secret.key
        return self.as_(Machine(key.id, key.name, frozenset(Scope(scope) for scope in key.scopes)))

    async def bot(self) -> Context:
        return await self.machine(Scope.CHAT_WRITE)

    # Customers and their chats

    def opening(self, slug: str = "tecnico", **values: Any) -> Opening:
        """What somebody new writes to open a chat."""
        cpf = valid_cpf(100_000_000 + next(self._numbers))
        given: dict[str, Any] = {"name": "Zé", "message": "Oi", "department_slug": slug, "cpf": cpf}
        return Opening(**(given | values))

    async def opened(self, slug: str = "tecnico", *, by: Context | None = None, **values: Any) -> Opened:
        """A chat as its opening answered it."""
        return await open_chat(by or self.anonymous, self.opening(slug, **values))

    async def waiting(self, slug: str = "tecnico", **values: Any) -> Chat:
        """A chat that waits in a department's queue."""
        return (await self.opened(slug, **values)).chat

    async def active(self, agent: Context, slug: str = "tecnico", **values: Any) -> Chat:
        """A chat that `agent` has claimed."""
        return await claim_chat(agent, (await self.waiting(slug, **values)).id)

    async def closed(self, agent: Context, slug: str = "tecnico", **values: Any) -> Chat:
        """A chat that `agent` has claimed, answered and closed."""
        chat = await self.active(agent, slug, **values)
        await send_message(agent, chat.id, body="Pronto")
        return await close_chat(agent, chat.id)

    def as_customer(self, chat: Chat | Opened) -> Context:
        """The customer of a chat."""
        if isinstance(chat, Opened):
            return self.as_(ChatCustomer(chat.chat.id, token_hash(chat.token)))
        return self.as_(ChatCustomer(chat.id, chat.token_hash or ""))

    def as_(self, principal: Any) -> Context:
        return replace(self.anonymous, principal=principal)

    # What has become of things

    async def chat(self, chat_id: UUID) -> Chat:
        """The chat as stored."""
        async with self.db.read() as session:
            return await session.get_one(Chat, chat_id)

    async def user(self, who: Context | UUID) -> User:
        """The person as stored."""
        async with self.db.read() as session:
            return await session.get_one(User, who if isinstance(who, UUID) else person(who).user_id)

    async def legs(self, chat_id: UUID) -> list[Leg]:
        async with self.db.read() as session:
            return list(
                (await session.execute(select(Leg).where(col(Leg.chat_id) == chat_id).order_by(col(Leg.id)))).scalars()
            )

    async def lines(self, chat_id: UUID, kind: MessageKind = MessageKind.TEXT) -> list[str]:
        """The bodies of a chat's messages of one kind, in order."""
        async with self.db.read() as session:
            query = select(col(Message.body)).where(col(Message.chat_id) == chat_id, col(Message.kind) == kind)
            return list((await session.execute(query.order_by(col(Message.seq)))).scalars())

    async def events(self, stream: str) -> list[Event]:
        """Everything that was said in a stream."""
        return [delivery.event for delivery in await self.db.events_after(stream, 0, 10_000)]

    async def count(self, table: Any) -> int:
        async with self.db.read() as session:
            return (await session.execute(select(func.count()).select_from(table))).scalar_one()

    async def event_count(self) -> int:
        return await self.count(EventRow)

    async def db_contents(self) -> Contents:
        """Every row of every table."""
        return await contents(self.db)

    # Refusals

    def refused(
        self, error: type[AppError], reason: str, *, field: tuple[str, ...] | None = None
    ) -> AbstractAsyncContextManager[None]:
        """The block fails with exactly this, and nothing has changed."""
        return refused(self.db, error, reason, field=field)

    def nothing_changes(self) -> AbstractAsyncContextManager[None]:
        """The block leaves every row as it was."""
        return nothing_changes(self.db)


def person(ctx: Context) -> Staff:
    """The person of the staff behind a context."""
    assert isinstance(ctx.principal, Staff)
    return ctx.principal


@pytest.fixture
async def desk(running: Running, clock: Clock) -> Desk:
    """An app with its people, on each kind of database."""
    return Desk(running, clock)
