"""The timetable: what is done how often, once per cluster however many processes there are."""

import asyncio
import logging
import math
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from api.context import Context
from api.errors import AppError
from api.resolvers.asking import mind_incidents
from api.resolvers.blocks import prune_blocks
from api.resolvers.claims import assign_waiting
from api.resolvers.counters import check_counters
from api.resolvers.deadlines import close_abandoned, meet_deadlines, return_orphans, tell_closed
from api.resolvers.dispatching import deliver_due
from api.resolvers.indexing import index_chats
from api.resolvers.leases import end_lease, end_process, keep_lease, renew_process, take_lease
from api.resolvers.presence import lapse_presence
from api.resolvers.privacy import erase_held, scrub
from api.resolvers.probing import check_network
from api.resolvers.retention import prune_chats
from api.resolvers.sampling import prune_network, prune_samples
from api.resolvers.upkeep import prune_deliveries, prune_events, prune_notifications, prune_sessions
from api.resolvers.verifying import verify_audit
from api.subscriptions.running import Running

log = structlog.get_logger("alidash.jobs")

_LOOK_EVERY = 1.0
_PROCESS_EVERY = 10.0
_PROCESS_LEASE = timedelta(seconds=30)
"""Two renewals may be missed before a process counts as gone."""

TENURE = timedelta(seconds=15)
"""How long a job that keeps a time of its own stays without anybody when its process was killed."""


@dataclass(frozen=True)
class Job:
    """A use case that runs by the clock."""

    name: str
    every: timedelta
    run: Callable[[Context], Awaitable[object]]
    apart: bool = False
    """It may take as long as the slowest answer from outside, and so keeps a time of its own; one process does it for
    as long as it is there, so that the lease is not written each time."""


ROUTING = Job("routing", timedelta(seconds=5), assign_waiting)

JOBS = (
    Job("presence", timedelta(seconds=5), lapse_presence),
    Job("deadlines", timedelta(seconds=5), meet_deadlines),
    ROUTING,
    Job("orphans", timedelta(seconds=10), return_orphans),
    Job("closed", timedelta(seconds=30), tell_closed),
    Job("abandoned", timedelta(seconds=15), close_abandoned),
    Job("verify-audit", timedelta(hours=24), verify_audit),
    Job("check-counters", timedelta(hours=24), check_counters),
    Job("index-chats", timedelta(seconds=5), index_chats),
    Job("prune-chats", timedelta(hours=24), prune_chats),
    Job("erase-held", timedelta(hours=1), erase_held),
    Job("scrub", timedelta(hours=1), scrub),
    Job("network", timedelta(seconds=1), check_network, apart=True),
    Job("incidents", timedelta(seconds=5), mind_incidents),
    Job("webhooks", timedelta(seconds=1), deliver_due, apart=True),
    Job("prune-samples", timedelta(hours=1), prune_samples),
    Job("prune-network", timedelta(hours=24), prune_network),
    Job("prune-events", timedelta(hours=1), prune_events),
    Job("prune-deliveries", timedelta(hours=24), prune_deliveries),
    Job("prune-notifications", timedelta(hours=24), prune_notifications),
    Job("prune-blocks", timedelta(hours=24), prune_blocks),
    Job("prune-sessions", timedelta(hours=24), prune_sessions),
)


def find_job(name: str) -> Job | None:
    """The job of this name."""
    return next((job for job in JOBS if job.name == name), None)


@asynccontextmanager
async def keep_time(running: Running) -> AsyncIterator[None]:
    """Run the timetable for the length of the block."""
    me = secrets.token_hex(8)
    loops = [
        asyncio.create_task(_keep_looking(running, me, [job for job in JOBS if not job.apart]), name="jobs"),
        *(asyncio.create_task(_Tenure(running, job, me).serve(), name=job.name) for job in JOBS if job.apart),
        asyncio.create_task(_keep_telling(running, me), name="process"),
        asyncio.create_task(_keep_routing(running), name="routing"),
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def _keep_looking(running: Running, holder: str, jobs: Sequence[Job]) -> None:
    clock = asyncio.get_running_loop().time
    due = dict.fromkeys(jobs, clock())
    while True:
        for job in [job for job, moment in due.items() if moment <= clock()]:
            due[job] = clock() + job.every.total_seconds()
            await _run_if_due(running.as_system(), job, holder)
        await asyncio.sleep(_LOOK_EVERY)


class _Tenure:
    """A job that one process does for as long as it is there: its lease is renewed beside it, however long a run takes.

    What it does is safe from doing it twice (it claims what it works on), so that a lease that ran out only costs.
    """

    def __init__(self, running: Running, job: Job, holder: str) -> None:
        self._ctx = running.as_system()
        self._job = job
        self._mine = {"name": job.name, "holder": holder}
        self._until = -math.inf

    async def serve(self) -> None:
        """Do the job as often as it wants while it is ours, and try to make it ours while it is not."""
        keeping = asyncio.create_task(self._keep(), name=f"lease {self._job.name}")
        try:
            while True:
                if asyncio.get_running_loop().time() < self._until:
                    await _run(self._ctx, self._job)
                await asyncio.sleep(self._job.every.total_seconds())
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await _safely(self._job.name, lambda: end_lease(self._ctx, **self._mine))

    async def _keep(self) -> None:
        while True:
            await _safely(self._job.name, self._renew)
            await asyncio.sleep(TENURE.total_seconds() / 3)

    async def _renew(self) -> None:
        until = asyncio.get_running_loop().time() + TENURE.total_seconds()
        self._until = until if await keep_lease(self._ctx, **self._mine, length=TENURE) else -math.inf


async def _keep_telling(running: Running, process: str) -> None:
    """Tell the cluster that this process is there, and at the end that it has gone."""
    ctx = running.as_system()
    try:
        while True:
            await _safely("process", lambda: renew_process(ctx, process=process, length=_PROCESS_LEASE))
            await asyncio.sleep(_PROCESS_EVERY)
    finally:
        await _safely("process", lambda: end_process(ctx, process=process))


async def _keep_routing(running: Running) -> None:
    """Give chats to agents as soon as the two come together here; what other processes do is for the timetable."""
    while True:
        await running.routing.wait()
        await _run(running.as_system(), ROUTING)


async def _run(ctx: Context, job: Job) -> None:
    await _safely(job.name, lambda: job.run(ctx))


async def _safely(name: str, work: Callable[[], Awaitable[object]]) -> None:
    try:
        outcome = await work()
        # What runs every few seconds and had nothing to do is not worth a line.
        log.log(logging.INFO if outcome else logging.DEBUG, "job", name=name, outcome=outcome)
    except AppError as error:
        log.warning("job failed", name=name, code=error.code)
    except Exception:
        # One job's fault must not stop the others; it is due again at its next time.
        log.exception("job failed", name=name)


async def _run_if_due(ctx: Context, job: Job, holder: str) -> None:
    try:
        # The lease lasts until the job is due again: whoever takes it runs the job, this time.
        taken = await take_lease(ctx, name=job.name, holder=holder, length=job.every)
    except AppError as error:
        log.warning("job not begun", name=job.name, code=error.code)
        return
    except Exception:
        log.exception("job not begun", name=job.name)
        return
    if taken:
        await _run(ctx, job)
