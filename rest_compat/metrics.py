"""The figures of a period, as the dashboards have them."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from starlette.requests import Request

from api.context import Context
from api.models.enums import IncidentShare
from api.resolvers import departments, metrics
from api.resolvers.durations import IN_BUSINESS_HOURS
from api.resolvers.figures import DurationStats
from api.resolvers.periods import Asked
from rest_compat.body import Params, params
from rest_compat.departments import department_id
from rest_compat.fields import SLUG_OR_ID, DepartmentName, said
from rest_compat.periods import period
from rest_compat.reply import Answer, Reply
from rest_compat.words import ChannelWord, IncidentShareWord, clock, seconds

_MOMENT = [{"format": "date"}, {"format": "date-time"}]


class MetricsParams(Params):
    """Of when, and of which department."""

    start: Annotated[
        str | None,
        Field(alias="from"),
        said(
            "Início: data (o dia todo, no fuso da instalação) ou data e hora. Sem ele, o começo do dia.",
            "Beginning: a date (a whole day, in the deployment's zone) or a time. Without it, the day's start.",
            "2026-03-02",
            anyOf=_MOMENT,
        ),
    ] = None
    to: Annotated[
        str | None,
        said(
            "Fim: data (inclusive) ou data e hora (exclusive). Sem ele, o fim de hoje.",
            "End: a date (included) or a time (excluded). Without it, the end of today.",
            "2026-03-02",
            anyOf=_MOMENT,
        ),
    ] = None
    department: Annotated[
        str | None,
        said(
            "Slug ou id do setor; sem ele, todos.",
            "Slug or id of a department; without it, all.",
            pattern=SLUG_OR_ID,
        ),
    ] = None

    channel: Annotated[ChannelWord | None, said("Canal; sem ele, todos.", "Channel; without it, all.", "whatsapp")] = (
        None
    )
    agent: Annotated[
        UUID | None,
        Field(strict=False),
        said("Id de um atendente; sem ele, todos.", "Id of an agent; without it, all.", format="uuid"),
    ] = None
    incidents: Annotated[
        IncidentShareWord,
        said(
            "with: todos os atendimentos; without: sem os de massivas; only: só estes.",
            "with: all chats; without: those of incidents left out; only: these alone.",
            "without",
        ),
    ] = IncidentShare.WITH


class Period(Answer):
    """A half-open period."""

    start: Annotated[datetime, Field(serialization_alias="from"), said("Início.", "Beginning.", "2026-03-02T03:00:00Z")]
    end: Annotated[
        datetime,
        Field(serialization_alias="to"),
        said("Fim, exclusive.", "End, excluded.", "2026-03-03T03:00:00Z"),
    ]


class Durations(Answer):
    """A duration over n cases, in seconds; null when there is no case."""

    mean: Annotated[int | None, said("Média.", "Mean.", 252)]
    p50: Annotated[int | None, said("Mediana.", "Median.", 210)]
    p90: Annotated[int | None, said("Nove em dez não passam disto.", "Nine in ten do not exceed this.", 480)]
    n: Annotated[int, said("Quantos casos.", "How many cases.", 37)]


_DURATIONS = {"mean": 252, "p50": 210, "p90": 480, "n": 37}
TME = ("Tempo médio de espera", "Mean waiting time")
TMA = ("Tempo médio de atendimento", "Mean handling time")
MeanWait = Annotated[int | None, said(f"{TME[0]}, em segundos.", f"{TME[1]}, in seconds.", 42)]
MeanHandle = Annotated[int | None, said(f"{TMA[0]}, em segundos.", f"{TMA[1]}, in seconds.", 252)]
Abandonment = Annotated[
    float | None,
    said("Fração que desistiu na fila, de 0 a 1.", "Share that left while queued, from 0 to 1.", 0.05),
]


Satisfied = Annotated[
    float | None,
    said("CSAT: fração de notas 4 e 5, de 0 a 1.", "CSAT: share of answers 4 and 5, from 0 to 1.", 0.8),
]


class DepartmentVolume(Answer):
    """The figures of one department."""

    department: DepartmentName
    name: Annotated[str, said("Nome do setor.", "The department's name.", "Técnico")]
    offered: Annotated[int, said("Entradas na fila.", "Entries into the queue.", 40)]
    tme_seconds: MeanWait
    tma_seconds: MeanHandle
    abandonment_rate: Abandonment


class HourVolume(Answer):
    """An hour in which somebody came."""

    at: Annotated[datetime, said("Início da hora.", "The hour's beginning.", "2026-03-02T15:00:00Z")]
    offered: Annotated[int, said("Entradas na fila.", "Entries into the queue.", 7)]


class Volume(Answer):
    """How much came in."""

    offered: Annotated[int, said("Entradas em filas no período.", "Entries into queues in the period.", 40)]
    chats: Annotated[int, said("Chats distintos entre elas.", "Distinct chats among them.", 38)]
    by_department: Annotated[list[DepartmentVolume], said("Por setor.", "By department.")]
    by_channel: Annotated[dict[str, int], said("Por canal.", "By channel.", {"widget": 25, "whatsapp": 15})]
    by_hour: Annotated[list[HourVolume], said("Por hora com movimento.", "By hour that had any.")]


class BusinessHours(Answer):
    """Durations of which only what lay within the hours of the department counts."""

    wait_time: Annotated[Durations, said("A espera.", "Waiting.", _DURATIONS)]
    first_response: Annotated[
        Durations, said("Da fila à primeira resposta.", "From the queue to the first answer.", _DURATIONS)
    ]
    handle_time: Annotated[Durations, said("O atendimento.", "Handling.", _DURATIONS)]
    resolution: Annotated[Durations, said("Da fila ao encerramento.", "From the queue to the end.", _DURATIONS)]


class Metrics(Answer):
    """The figures of a period, and what goes on now."""

    period: Annotated[Period, said("O período.", "The period.")]
    department: Annotated[str | None, said("Slug do setor pedido.", "Slug of the department asked for.")]
    tma_seconds: MeanHandle
    tme_seconds: MeanWait
    tma: Annotated[str | None, said(f"{TMA[0]}, HH:MM:SS.", f"{TMA[1]}, HH:MM:SS.", "00:04:12")]
    tme: Annotated[str | None, said(f"{TME[0]}, HH:MM:SS.", f"{TME[1]}, HH:MM:SS.", "00:00:42")]
    wait_time: Annotated[Durations, said("A espera em detalhe.", "Waiting in detail.", _DURATIONS)]
    handle_time: Annotated[Durations, said("O atendimento em detalhe.", "Handling in detail.", _DURATIONS)]
    volume: Annotated[Volume, said("Quanto entrou.", "How much came in.")]
    service_level: Annotated[
        float | None,
        said("Fração atendida dentro da meta, de 0 a 1.", "Share claimed within the target, from 0 to 1.", 0.9),
    ]
    abandonment_rate: Abandonment
    waiting_now: Annotated[int, said("Esperam agora.", "Waiting now.", 3)]
    active_now: Annotated[int, said("Em atendimento agora.", "Attended now.", 5)]
    agents_online: Annotated[int, said("Atendentes online agora.", "Agents online now.", 2)]
    first_response: Annotated[
        Durations, said("Da fila à primeira resposta.", "From the queue to the first answer.", _DURATIONS)
    ]
    active_handle_time: Annotated[
        Durations, said("Atendimento sem longos silêncios.", "Handling without long silences.", _DURATIONS)
    ]
    resolution: Annotated[Durations, said("Da fila ao encerramento.", "From the queue to the end.", _DURATIONS)]
    occupancy: Annotated[
        float | None,
        said(
            "Fração do tempo online com algum chat; null com setor ou canal.",
            "Share of the time online with a chat; null with a department or channel.",
            0.7,
        ),
    ]
    business_hours: Annotated[
        BusinessHours, said("As durações em horas de expediente.", "The durations in business hours.")
    ]
    csat: Satisfied
    csat_answers: Annotated[int, said("Quantos avaliaram.", "How many answered.", 20)]
    agents_paused: Annotated[int, said("Atendentes em pausa agora.", "Agents on a pause now.", 1)]


async def get_metrics(ctx: Context, request: Request) -> Reply:
    """The figures of a period, by default of today."""
    asked = await asked_of(ctx, params(request, MetricsParams))
    figures = await metrics.get_metrics(ctx, **vars(asked))
    now = await metrics.desk_now(ctx, department_id=asked.department_id)
    which = asked.department_id
    named = [row.department_id for row in figures.by_department] + ([which] if which else [])
    known = await departments.departments_by_id(ctx, named)
    wait, handle = figures.wait_time.mean, figures.handle_time.mean
    return Reply(
        Metrics(
            period=Period(start=figures.start, end=figures.end),
            department=known[which].slug if which else None,
            tma_seconds=seconds(handle),
            tme_seconds=seconds(wait),
            tma=clock(handle),
            tme=clock(wait),
            volume=_volume(figures, {key: (found.slug, found.name) for key, found in known.items()}),
            service_level=figures.service_level,
            abandonment_rate=figures.abandonment,
            occupancy=figures.occupancy,
            business_hours=await _in_business_hours(ctx, asked),
            csat=figures.satisfaction.positive,
            csat_answers=figures.satisfaction.answers,
            waiting_now=now.waiting,
            active_now=now.active,
            agents_online=now.agents_online,
            agents_paused=now.agents_paused,
            **{name: _durations(getattr(figures, name)) for name in _DETAILED},
        )
    )


async def _in_business_hours(ctx: Context, asked: Asked) -> BusinessHours:
    figures = await metrics.figures_of(ctx, asked)
    told = {figure.lower(): await figures.stats(other) for figure, other in IN_BUSINESS_HOURS.items()}
    return BusinessHours(**{name: _durations(stats) for name, stats in told.items()})


_DETAILED = ("wait_time", "handle_time", "first_response", "active_handle_time", "resolution")


async def asked_of(ctx: Context, given: MetricsParams) -> Asked:
    """What these parameters ask for, by default today. Raises Invalid, and NotFound for an unknown department."""
    start, end = period(ctx, start=given.start, end=given.to)
    return Asked(start, end, await department_id(ctx, given.department), given.channel, given.agent, given.incidents)


def _volume(figures: metrics.Metrics, names: dict[UUID, tuple[str, str]]) -> Volume:
    return Volume(
        offered=figures.offered,
        chats=figures.chats,
        by_department=[
            DepartmentVolume(
                department=names[row.department_id][0],
                name=names[row.department_id][1],
                offered=row.offered,
                tme_seconds=seconds(row.wait_time.mean),
                tma_seconds=seconds(row.handle_time.mean),
                abandonment_rate=row.abandonment,
            )
            for row in figures.by_department
        ],
        by_channel={channel.lower(): count for channel, count in figures.by_channel.items()},
        by_hour=[HourVolume(at=at.astimezone(UTC), offered=count) for at, count in figures.by_hour],
    )


def _durations(stats: DurationStats) -> Durations:
    return Durations(mean=seconds(stats.mean), p50=seconds(stats.p50), p90=seconds(stats.p90), n=stats.n)
