"""The figures of a period as lines, for spreadsheets."""

from typing import Annotated

from starlette.requests import Request

from api.context import Context
from api.resolvers.tables import Line, Lines, tabulate
from rest_compat.body import params
from rest_compat.fields import said
from rest_compat.metrics import (
    TMA,
    TME,
    Abandonment,
    MeanHandle,
    MeanWait,
    MetricsParams,
    Satisfied,
    asked_of,
)
from rest_compat.reply import Answer, Reply, Sheet
from rest_compat.words import LinesWord, seconds


class ExportParams(MetricsParams):
    """The same, and what each line is about."""

    by: Annotated[
        LinesWord, said("Uma linha por setor, atendente ou dia.", "A line for each department, agent or day.")
    ] = Lines.DEPARTMENT


class MetricsLine(Answer):
    """A line of the table; a cell without cases is empty."""

    name: Annotated[str, said("Setor, atendente ou dia.", "Department, agent or day.", "Técnico")]
    offered: Annotated[int, said("Entradas na fila.", "Entries into the queue.", 40)]
    handled: Annotated[int, said("Atendimentos terminados.", "Handled to their end.", 35)]
    tme_seconds: MeanWait
    tma_seconds: MeanHandle
    service_level: Annotated[
        float | None,
        said("Fração atendida dentro da meta.", "Share claimed within the target.", 0.9),
    ]
    abandonment_rate: Abandonment
    occupancy: Annotated[float | None, said("Ocupação.", "Occupancy.", 0.7)]
    csat: Satisfied
    csat_answers: Annotated[int | None, said("Quantos avaliaram.", "How many answered.", 20)]
    tme_business_seconds: Annotated[
        int | None, said(f"{TME[0]}, em horas de expediente.", f"{TME[1]}, in business hours.", 42)
    ]
    tma_business_seconds: Annotated[
        int | None, said(f"{TMA[0]}, em horas de expediente.", f"{TMA[1]}, in business hours.", 252)
    ]


async def export_metrics(ctx: Context, request: Request) -> Reply:
    """The figures of a period as lines, by default of today by department."""
    given = params(request, ExportParams)
    lines = await tabulate(ctx, await asked_of(ctx, given), given.by)
    return Sheet([_line(line) for line in lines], model=MetricsLine)


def _line(line: Line) -> MetricsLine:
    answers = line.satisfaction
    return MetricsLine(
        name=line.name,
        offered=line.offered,
        handled=line.handled,
        tme_seconds=seconds(line.wait_time),
        tma_seconds=seconds(line.handle_time),
        service_level=line.service_level,
        abandonment_rate=line.abandonment,
        occupancy=line.occupancy,
        csat=answers.positive if answers else None,
        csat_answers=answers.answers if answers else None,
        tme_business_seconds=seconds(line.business_wait_time),
        tma_business_seconds=seconds(line.business_handle_time),
    )
