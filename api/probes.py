"""What those ask who watch over the program: `/healthz`, `/readyz` and `/metrics`."""

import asyncio
import hmac
from contextlib import suppress
from ipaddress import IPv6Address

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from api.auth import bearer_token, client_address, within
from api.errors import AppError, Unauthenticated
from api.migrations import Standing, standing
from api.resolvers.counters import Kept, last_check
from api.resolvers.metrics import departments_now
from api.settings import Settings
from api.subscriptions.running import Running

FRESH_FOR = 5.0
"""Seconds that the desk's figures are good for: however many ask, the database is asked once."""
DATABASE_WITHIN = 2.0
"""Seconds that the database may take: a program that is in trouble has to be able to say so."""

FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded")


def probes(running: Running) -> list[Route]:
    """The three routes of one app."""
    stock = Stock(running)

    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        return await readiness(running)

    async def metrics(request: Request) -> Response:
        if not may_read(request, running.services.settings):
            return PlainTextResponse("Not Found", 404)
        await stock.take()
        return Response(generate_latest(running.telemetry.registry), headers={"content-type": CONTENT_TYPE_LATEST})

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]


async def readiness(running: Running) -> Response:
    """Whether this process can serve: it is not told to stop, and a database of a shape that it knows answers.

    A silent bell only makes it slower. A database that a newer program has migrated is for information too: while
    processes are replaced one after the other, the old ones have to go on.
    """
    if running.stopping.begun:
        return JSONResponse({"status": "stopping"}, 503)
    try:
        async with asyncio.timeout(DATABASE_WITHIN):
            async with running.services.db.read() as session:
                shape = await standing(session)
    except TimeoutError:
        return JSONResponse({"status": "unavailable", "database": "TIMEOUT"}, 503)
    except AppError as error:
        return JSONResponse({"status": "unavailable", "database": error.code}, 503)
    status = "unavailable" if shape is Standing.BEHIND else "ok"
    told = {"status": status, "doorbell": running.hub.doorbell.connected, "migrations": shape.value}
    return JSONResponse(told, 503 if shape is Standing.BEHIND else 200)


def may_read(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the caller may read the figures: by the token, or by an address among `metrics_allow`.

    A request that came by way of a proxy counts by the address that the proxy tells, and not at all when the proxy is
    none that we trust: beside us on one machine, it would lend everybody the machine's own address.
    """
    if settings.metrics_token is not None and _token(connection) is not None:
        given, token = _token(connection) or "", settings.metrics_token.get_secret_value()
        return hmac.compare_digest(given.encode(), token.encode())
    forwarded = any(name in connection.headers for name in FORWARDED)
    peer = connection.client.host if connection.client else None
    if forwarded and not _within(peer, settings.trusted_proxies):
        return False
    return _within(client_address(connection, settings.trusted_proxies), settings.metrics_allow)


def _token(connection: HTTPConnection) -> str | None:
    try:
        return bearer_token(connection.headers.get("authorization"))
    except Unauthenticated:
        return None


def _within(address: str | None, networks: list[str]) -> bool:
    # A socket that listens to both families writes old addresses in the new way.
    with suppress(ValueError):
        known = IPv6Address(address or "")
        address = str(known.ipv4_mapped or known)
    return within(address or "", networks)


class Stock:
    """Takes stock of one app: sets the gauges that nobody keeps up to date otherwise."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._looking = asyncio.Lock()
        self._looked_at: float | None = None
        gauge = running.telemetry.gauge
        self._subscribers = gauge("subscribers", "Live subscriptions of this process.")
        self._feeds = gauge("feeds", "Streams that are read in this process.")
        self._lag = gauge("feed_lag", "Events that are known and not yet handed on, of the worst stream.")
        self._fill = gauge("reader_fill", "How full the fullest subscriber's buffer is, from 0 to 1.")
        self._doorbell = gauge("doorbell_connected", "Whether the channel between processes was heard lately.")
        self._silence = gauge("doorbell_silence_seconds", "Time since the channel between processes was heard.")
        self._connections = gauge("database_connections", "Connections to the database that are taken.", "pool")
        self._answers = gauge("database_up", "Whether the database answered.")
        self._waiting = gauge("queue_waiting", "Chats that wait.", "department")
        self._longest = gauge("queue_longest_wait_seconds", "How long the longest waits already.", "department")
        self._attended = gauge("chats_attended", "Chats that an agent attends.", "department")
        self._differences = gauge("counter_differences", "Counters that the last nightly check found wrong.", "counter")
        self._agents = gauge("agents_online", "Agents who are present and take chats.", "department")

    async def take(self) -> None:
        """Set every gauge to what is so now; the desk's own are good for a few seconds."""
        running = self._running
        self._subscribers.set(running.hub.subscribers)
        self._feeds.set(running.hub.feeds)
        self._lag.set(running.hub.lag)
        self._fill.set(running.hub.fill)
        self._doorbell.set(running.hub.doorbell.connected)
        self._silence.set(running.hub.doorbell.silence)
        for pool, taken in running.services.db.in_use.items():
            self._connections.labels(pool).set(taken)
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if self._looked_at is None or now - self._looked_at >= FRESH_FOR:
                await self._look()
                self._looked_at = now

    async def _look(self) -> None:
        desk = (self._waiting, self._longest, self._attended, self._agents)
        for gauge in (*desk, self._differences):
            # What is not known now is not told: yesterday's queue must not look like today's.
            gauge.clear()
        try:
            async with asyncio.timeout(DATABASE_WITHIN):
                ctx = self._running.as_system()
                departments = await departments_now(ctx)
                checked = await last_check(ctx)
        except (AppError, TimeoutError):
            self._answers.set(0)
            return
        self._answers.set(1)
        for one in departments:
            longest = (ctx.now() - one.oldest_queued_at).total_seconds() if one.oldest_queued_at else 0
            for gauge, figure in zip(desk, (one.waiting, longest, one.attended, one.agents_online), strict=True):
                gauge.labels(one.department.slug).set(figure)
        for kept in Kept if checked else ():
            self._differences.labels(kept.lower()).set(checked.counts.get(kept, 0) if checked else 0)
