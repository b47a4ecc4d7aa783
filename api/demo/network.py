"""The network of the demo's provider: devices that report by themselves, and what hangs on them."""

import asyncio
import random
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from validate_docbr import CPF

from api.context import Context
from api.demo.lines import CUSTOMERS
from api.models.enums import IncidentAudience
from api.resolvers.access_points import (
    AccessPointDetails,
    AccessPointFilter,
    Check,
    Telemetry,
    create_access_point,
    list_access_points,
    report_access_point,
)
from api.resolvers.connecting import Placement, import_customers
from api.resolvers.maintenance import PlannedWork, schedule_maintenance
from api.resolvers.pages import PageRequest
from api.resolvers.probing import check_network
from api.resolvers.watching import Load, Result, settle
from api.subscriptions.running import Running
from api.writing import Writing

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
    on: str = "Concentrador Central"
    """What it hangs on."""


CORE = Device("Concentrador Central", "Data center, Rua do Comércio 40", 612, 2, on="")
BROKEN = Device("POP Lagoa Azul", "Povoado Lagoa Azul", 86, 14)
"""What an excavator has cut off when the demo begins."""
CUT_OFF = Device("Rádio Sítio Alegre", "Sítio Alegre, km 3", 17, 31, on=BROKEN.name)
FICKLE = Device("Rádio Fazenda Boa Vista", "Estrada do Lago, km 7", 22, 34)
"""It falls silent now and then."""
DEVICES = (
    CORE,
    Device("POP Centro", "Praça da Matriz", 214, 6),
    Device("POP Jardim das Flores", "Caixa d'água do Jardim das Flores", 131, 9),
    Device("OLT Bairro Alto", "Armário da Rua das Palmeiras", 187, 7),
    Device("Torre Serra Azul", "Serra Azul, km 12", 58, 110),
    FICKLE,
    BROKEN,
    CUT_OFF,
)
NEXT_WORK = "Torre Serra Azul"
DEAD = frozenset({BROKEN.name, CUT_OFF.name})
SILENT_FOR = (120.0, 300.0)
TALKS_FOR = (300.0, 900.0)
REPAIRED_AFTER = (300.0, 480.0)
"""Seconds of the demo until the broken device reports again."""

Ids = dict[str, uuid.UUID]


async def build(admin: Context) -> Ids:
    """Write the devices down, and who is a customer of each. Returns them by name."""
    ids: Ids = {}
    for device in DEVICES:
        details = AccessPointDetails(device.name, device.location, parent_id=ids.get(device.on), check=CHECK)
        ids[device.name] = (await create_access_point(admin, details)).id
    lines = [Placement(CPF().generate(), device.name, name) for device in DEVICES[1:] for name in _customers(device)]
    await import_customers(admin, lines)
    await schedule_maintenance(admin, _planned(admin, ids[NEXT_WORK]))
    return ids


def _planned(admin: Context, point_id: uuid.UUID) -> PlannedWork:
    """Work two nights after the demo's day begins, of which the affected are told."""
    night = (admin.now().astimezone(admin.settings.zone) + timedelta(days=2)).replace(
        hour=2, minute=0, second=0, microsecond=0
    )
    said = "Vamos trocar o rádio da torre; a internet pode parar por alguns minutos."
    return PlannedWork(
        [point_id],
        "Troca do rádio da Torre Serra Azul",
        night,
        night + timedelta(hours=2),
        audience=IncidentAudience.AFFECTED,
        message=said,
    )


def _customers(device: Device) -> list[str]:
    return random.sample(CUSTOMERS, k=3 + device.users // 20)


async def observe(system: Context, ids: Ids, silent: Collection[str] = ()) -> None:
    """Hear from every device but the silent ones, as one moment of the day behind the demo."""
    heard = {ids[device.name]: _heard(device) for device in DEVICES if device.name not in silent}

    def write(writing: Writing) -> None:
        settle(writing, heard)

    await system.db.write(write)
    if silent:
        await check_network(system)


def moments(begin: datetime, end: datetime) -> list[datetime]:
    """When the day behind the demo hears from its devices: closely in its last hour, which pages show closely."""
    last_hour = [end - timedelta(minutes=minute, seconds=10) for minute in range(70)]
    earlier = [begin + timedelta(minutes=minute) for minute in range(0, int((end - begin).total_seconds()) // 60, 10)]
    return sorted({*earlier, *last_hour})


async def live(running: Running) -> None:
    """Let the devices report until cancelled; what is broken does so once it is repaired."""
    ctx = running.as_system()
    rows = (await list_access_points(ctx, AccessPointFilter(), PageRequest(first=len(DEVICES)))).rows
    ids, repaired = {point.name: point.id for point in rows}, random.uniform(*REPAIRED_AFTER)
    async with asyncio.TaskGroup() as network:
        for device in DEVICES:
            after = repaired if device.name in DEAD else 0
            network.create_task(_report(ctx, ids[device.name], device, after))


async def _report(ctx: Context, point_id: uuid.UUID, device: Device, after: float) -> None:
    await asyncio.sleep(after)
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
        latency=timedelta(milliseconds=device.latency * random.uniform(0.8, 1.3)),
    )


def _heard(device: Device) -> Result:
    told = _telemetry(device)
    return Result(True, told.latency, load=Load(told.users, told.cpu, told.memory))
