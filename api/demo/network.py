"""The network of the demo's provider: devices that report by themselves, one of which falls silent now and then."""

import asyncio
import random
import uuid
from dataclasses import dataclass
from datetime import timedelta

from api.context import Context
from api.resolvers.access_points import (
    AccessPointDetails,
    AccessPointFilter,
    Check,
    Telemetry,
    create_access_point,
    list_access_points,
    report_access_point,
)
from api.resolvers.incident_acts import IncidentWords, declare_incident
from api.resolvers.pages import PageRequest
from api.subscriptions.running import Running

EVERY = timedelta(seconds=20)
CHECK = Check(every=EVERY, fail_after=2, slow_above=timedelta(milliseconds=150))
"""Heartbeats; one that is late by twice its interval is down."""


@dataclass(frozen=True)
class Device:
    """A device, and how busy it usually is."""

    name: str
    location: str
    users: int
    latency: float
    """Milliseconds."""


CORE = Device("Concentrador Central", "Data center, Rua do Comércio 40", 612, 2)
POPS = (
    Device("POP Centro", "Praça da Matriz", 214, 6),
    Device("POP Jardim das Flores", "Caixa d'água do Jardim das Flores", 131, 9),
    Device("OLT Bairro Alto", "Armário da Rua das Palmeiras", 187, 7),
    Device("Torre Serra Azul", "Serra Azul, km 12", 58, 110),
)
FICKLE = Device("Rádio Fazenda Boa Vista", "Estrada do Lago, km 7", 22, 34)
BROKEN = "Antena da Fazenda Boa Vista"
SAID_OF_IT = "O temporal de ontem danificou a antena da Fazenda Boa Vista. A equipe já está no local."
DEVICES = {device.name: device for device in (CORE, *POPS, FICKLE)}
SILENT_FOR = (120.0, 300.0)
TALKS_FOR = (300.0, 900.0)


async def build(admin: Context) -> None:
    """Write the devices down; all hang on the concentrator, and at the far end of them something is broken."""
    core = await create_access_point(admin, _details(CORE))
    for device in POPS:
        await create_access_point(admin, _details(device, core.id))
    far = await create_access_point(admin, _details(FICKLE, core.id))
    await declare_incident(admin, far.id, IncidentWords(title=BROKEN, message=SAID_OF_IT))


def _details(device: Device, parent_id: uuid.UUID | None = None) -> AccessPointDetails:
    return AccessPointDetails(device.name, device.location, parent_id=parent_id, check=CHECK)


async def live(running: Running) -> None:
    """Let the devices report until cancelled."""
    ctx = running.as_system()
    points = (await list_access_points(ctx, AccessPointFilter(), PageRequest(first=len(DEVICES)))).rows
    async with asyncio.TaskGroup() as network:
        for point in points:
            network.create_task(_report(ctx, point.id, DEVICES[point.name]))


async def _report(ctx: Context, point_id: uuid.UUID, device: Device) -> None:
    loop = asyncio.get_running_loop()
    falls_silent = loop.time() + random.uniform(*TALKS_FOR)
    while True:
        await report_access_point(ctx, point_id, _telemetry(device))
        if device is FICKLE and loop.time() > falls_silent:
            await asyncio.sleep(random.uniform(*SILENT_FOR))
            falls_silent = loop.time() + random.uniform(*TALKS_FOR)
        await asyncio.sleep(EVERY.total_seconds() * random.uniform(0.8, 1.1))


def _telemetry(device: Device) -> Telemetry:
    return Telemetry(
        users=round(device.users * random.uniform(0.9, 1.1)),
        cpu=round(random.uniform(12, 55), 1),
        memory=round(random.uniform(35, 70), 1),
        latency=timedelta(milliseconds=device.latency * random.uniform(0.8, 1.6)),
    )
