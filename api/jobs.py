"""The timetable: what is done how often, once per cluster however many processes there are."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from api.context import Context
from api.errors import AppError
from api.resolvers.leases import take_lease
from api.resolvers.upkeep import prune_events, prune_notifications, prune_sessions
from api.subscriptions.running import Running

log = structlog.get_logger("alidash.jobs")

_LOOK_EVERY = 10.0


@dataclass(frozen=True)
class Job:
    """A use case that runs by the clock."""

    name: str
    every: timedelta
    run: Callable[[Context], Awaitable[object]]


JOBS = (
    Job("prune-events", timedelta(hours=1), prune_events),
    Job("prune-notifications", timedelta(hours=24), prune_notifications),
    Job("prune-sessions", timedelta(hours=24), prune_sessions),
)


def find_job(name: str) -> Job | None:
    """The job of this name."""
    return next((job for job in JOBS if job.name == name), None)


@asynccontextmanager
async def keep_time(running: Running) -> AsyncIterator[None]:
    """Run the timetable for the length of the block."""
    loop = asyncio.create_task(_keep_looking(running, secrets.token_hex(8)), name="jobs")
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def _keep_looking(running: Running, holder: str) -> None:
    while True:
        for job in JOBS:
            await _run_if_due(running.as_system(), job, holder)
        await asyncio.sleep(_LOOK_EVERY)


async def _run_if_due(ctx: Context, job: Job, holder: str) -> None:
    try:
        # The lease lasts until the job is due again: whoever takes it runs the job, this time.
        if await take_lease(ctx, name=job.name, holder=holder, length=job.every):
            outcome = await job.run(ctx)
            log.info("job", name=job.name, outcome=outcome)
    except AppError as error:
        log.warning("job failed", name=job.name, code=error.code)
    except Exception:
        # One job's fault must not stop the others; it is due again at its next time.
        log.exception("job failed", name=job.name)
