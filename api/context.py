"""Who asks, with what at hand: the first argument of every use case."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.models.base import new_id
from api.models.enums import Permission, Role, Scope
from api.recent import Recent
from api.texts import Locale

if TYPE_CHECKING:
    from api.courier import Courier
    from api.db import Database
    from api.delays import Delays
    from api.events import Typing
    from api.limiter import Limiter
    from api.openid import IdentityProvider
    from api.passwords import Passwords
    from api.prober import Prober
    from api.settings import Settings
    from api.vault import Vault


@dataclass(frozen=True)
class Anonymous:
    """Nobody in particular."""

    @property
    def actor(self) -> str:
        """How audit entries and idempotency name this caller."""
        return "anonymous"


@dataclass(frozen=True)
class ChatCustomer:
    """The customer of one chat, by its chat token."""

    chat_id: uuid.UUID
    token_hash: str
    seen_at: datetime | None = field(default=None, compare=False)
    """When they were last noted to be there; None unless they wait."""

    @property
    def actor(self) -> str:
        return f"customer:{self.chat_id}"


@dataclass(frozen=True)
class Staff:
    """A signed-in person of the staff, with the rights that they had when looked up."""

    user_id: uuid.UUID
    name: str
    role: Role
    permissions: frozenset[Permission]
    department_ids: frozenset[uuid.UUID]
    session_id: uuid.UUID
    lacks_second_factor: bool = False
    """Their role asks for a second factor and they have none: they may set it up, and nothing else."""
    seen_at: datetime | None = field(default=None, compare=False)
    """When the session was last noted to be in use."""

    @property
    def actor(self) -> str:
        return f"user:{self.user_id}"

    def may(self, permission: Permission) -> bool:
        """Whether this person holds the permission."""
        return permission in self.permissions


@dataclass(frozen=True)
class Machine:
    """A bot, probe or script, by its API key."""

    key_id: uuid.UUID
    name: str
    scopes: frozenset[Scope]
    seen_at: datetime | None = field(default=None, compare=False)
    """When the key was last noted to be in use."""

    @property
    def actor(self) -> str:
        return f"key:{self.key_id}"


@dataclass(frozen=True)
class System:
    """AliDash itself: timed jobs and the command line."""

    @property
    def actor(self) -> str:
        return "system"


Principal = Anonymous | ChatCustomer | Staff | Machine | System


@dataclass(frozen=True)
class Services:
    """What one app has: its own database, keys, clock and limits. Nothing of it is global."""

    settings: "Settings"
    db: "Database"
    vault: "Vault"
    passwords: "Passwords"
    limiter: "Limiter"
    delays: "Delays"
    prober: "Prober"
    courier: "Courier"
    clock: Callable[[], datetime]
    signal: Callable[["Typing"], None]
    """Tells live readers something that is never stored."""
    identity_provider: "IdentityProvider | None" = None
    """Who else may say who people are; None where nobody was named."""
    identities: Recent[Any] = field(default_factory=Recent)
    """Whom tokens stood for a moment ago, by their digests; about the streams that tell when that changes."""


@dataclass(frozen=True)
class Context:
    """One request: its caller, and the app's services."""

    services: Services
    principal: Principal = field(default_factory=Anonymous)
    locale: Locale = Locale.PT_BR
    address: str | None = None
    user_agent: str | None = None
    request_id: str = field(default_factory=lambda: str(new_id()))

    def now(self) -> datetime:
        """The server's time, aware, in UTC."""
        return self.services.clock()

    @property
    def db(self) -> "Database":
        """The app's database."""
        return self.services.db

    @property
    def settings(self) -> "Settings":
        """The app's settings."""
        return self.services.settings

    def acting_as(self, principal: Principal) -> "Context":
        """The same request, by another caller (after signing in, or with rights looked up again)."""
        return replace(self, principal=principal)
