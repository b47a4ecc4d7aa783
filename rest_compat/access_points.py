"""What devices and scripts tell of the network."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator
from starlette.requests import Request

from api.context import Context
from api.resolvers import access_points
from rest_compat.body import Body, path_id, read, whole
from rest_compat.fields import said
from rest_compat.reply import Answer, Reply
from rest_compat.words import AccessPointStatusWord

Whole = Annotated[int, BeforeValidator(whole)]


class Heartbeat(Body):
    """What a device tells of itself; an empty object, or no body at all, says that it lives."""

    users: Annotated[Whole | None, said("Clientes conectados.", "Clients.", 37, minimum=0, maximum=1_000_000)] = None
    cpu: Annotated[
        float | None,
        said("Uso do processador, em %.", "Per cent of its processor.", 12.5, minimum=0, maximum=100),
    ] = None
    memory: Annotated[
        float | None, said("Uso da memória, em %.", "Per cent of its memory.", 80.0, minimum=0, maximum=100)
    ] = None
    latency_ms: Annotated[
        float | None,
        said("Latência até nós, em milissegundos.", "Its delay to us, in ms.", 9.5, minimum=0, maximum=60_000),
    ] = None


class Heard(Answer):
    """How an access point stands after its heartbeat."""

    status: Annotated[AccessPointStatusWord, said("Como está agora.", "How it stands now.", "online")]
    since: Annotated[datetime, said("Desde quando.", "Since when.", "2026-03-02T15:00:00Z")]


async def report_access_point(ctx: Context, request: Request) -> Reply:
    """A device lives; it may say how it fares."""
    point_id = path_id(request, reason="access_point_not_found")
    told = await read(request, Heartbeat)
    # What is far out of range is for the use case to refuse, not for a conversion to fail on.
    delay = None if told.latency_ms is None else timedelta(milliseconds=max(-1, min(told.latency_ms, 1e9)))
    telemetry = access_points.Telemetry(told.users, told.cpu, told.memory, delay)
    point = await access_points.report_access_point(ctx, point_id, telemetry)
    return Reply(Heard(status=point.status, since=point.since))
