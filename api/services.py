"""Putting one app's services together, and taking them apart again."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_network
from typing import TypeVar

from sqlalchemy.engine import make_url

from api.addresses import AddressRules
from api.context import Context, Services, System
from api.courier import HttpCourier
from api.db import Database
from api.delays import Delays
from api.drivers import usable_database
from api.events import AccessChanged, ChatChanged, ChatEnded, Delivery
from api.limiter import Limiter
from api.migrations import migrate
from api.openid import Client, IdentityProvider
from api.passwords import Passwords
from api.prober import NetworkProber
from api.resolvers.departments import ensure_departments
from api.resolvers.presence import renew_presence
from api.resolvers.queue import queue_states, serving_order
from api.settings import Settings, load_settings
from api.subscriptions.attendance import Attendance
from api.subscriptions.board import Board
from api.subscriptions.groups import Groups
from api.subscriptions.hub import Hub
from api.subscriptions.positions import Positions, QueueReading
from api.subscriptions.routing import Routing
from api.subscriptions.running import Running
from api.vault import open_vault

T = TypeVar("T")

CHANGES_RIGHTS = (AccessChanged, ChatChanged, ChatEnded)


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


def prober_of(settings: Settings) -> NetworkProber:
    """Who checks access points, within the networks that the operator named, and never our own database."""
    canaries = [(host.strip("[]"), int(port)) for host, _, port in (it.rpartition(":") for it in settings.probe_canary)]
    return NetworkProber(_rules(settings, settings.probe_networks), canaries)


def courier_of(settings: Settings) -> HttpCourier:
    """Who carries what webhooks are told: to the internet, and to private networks that the operator named."""
    return HttpCourier(replace(_rules(settings, settings.webhook_networks), public=True))


def provider_of(settings: Settings, clock: Callable[[], datetime]) -> IdentityProvider | None:
    """The company's identity provider, where the operator named one."""
    if not settings.oidc_issuer or settings.oidc_client_secret is None:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return IdentityProvider(Client(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_name), clock)


def _rules(settings: Settings, named: Sequence[str]) -> AddressRules:
    url = make_url(settings.database)
    own = frozenset({(url.host, url.port or 5432)}) if url.host else frozenset[tuple[str, int]]()
    networks = tuple(ip_network(network, strict=False) for network in named)
    # What listens on a server's own loopback is nobody's business but in development, and there only when it is named.
    loopback = not settings.production and any(network.is_loopback for network in networks)
    return AddressRules(networks, own, allow_loopback=loopback)


def assemble(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Running:
    """Build the services of one app; nothing is opened yet. Raises SettingsError."""
    db = Database(settings, clock)
    hub = Hub(db, settings)
    routing = Routing()

    def publish(deliveries: Sequence[Delivery], /) -> None:
        services.identities.forget([d.stream for d in deliveries if isinstance(d.event, CHANGES_RIGHTS)])
        hub.publish(deliveries)
        routing.hear(deliveries)

    services = Services(
        settings=settings,
        db=db,
        vault=open_vault(settings),
        passwords=Passwords(),
        limiter=Limiter(),
        delays=Delays(clock),
        prober=prober_of(settings),
        courier=courier_of(settings),
        clock=clock,
        signal=hub.signal,
        identity_provider=provider_of(settings, clock),
    )
    db.publish, db.sign = publish, services.vault.audit_digest
    hub.moved_elsewhere = services.identities.forget
    ctx = Context(services, System())

    async def read_queue(department_id: uuid.UUID) -> QueueReading:
        states = await queue_states(ctx, [department_id])
        return QueueReading(await serving_order(ctx, department_id), states[department_id])

    attendance = Attendance(partial(renew_presence, ctx), settings.presence_lease)
    groups = Groups(hub, attendance, settings.database_pool)
    return Running(services, hub, Positions(read_queue), attendance, groups, routing, Board(ctx, hub))


@asynccontextmanager
async def opened(running: Running) -> AsyncIterator[Running]:
    """Migrate, open, and close everything at the end, whatever happened.

    Raises SettingsError when the database cannot be reached or is none.
    """
    try:
        with usable_database():
            await migrate(running.services.db.engine, running.services.db.sign)
            await running.services.db.open()
        await ensure_departments(running.as_system())
        await running.hub.open()
        running.attendance.open()
        yield running
    finally:
        await running.attendance.close()
        await running.hub.close()
        await running.services.db.close()


def run_once(work: Callable[[Running], Awaitable[T]], settings: Settings | None = None) -> T:
    """Do something with an open database and no server, as the command line does."""

    async def within() -> T:
        async with opened(assemble(settings or load_settings())) as running:
            return await work(running)

    return asyncio.run(within())
