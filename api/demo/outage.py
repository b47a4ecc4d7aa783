"""The outage that the demo begins in: who lost their connection, who wrote, and what the desk has told them."""

from datetime import datetime, timedelta

from validate_docbr import CPF

from api.demo import network
from api.demo.lines import Talk
from api.demo.network import BROKEN, DEAD, Ids
from api.demo.people import ADMIN, Caller, Team, arrive
from api.demo.steps import Day, Step
from api.models import Incident
from api.models.enums import Category, IncidentAudience
from api.resolvers.connecting import Placement, import_customers
from api.resolvers.incident_acts import IncidentWords, confirm_incident
from api.resolvers.incidents import IncidentFilter, list_incidents
from api.resolvers.pages import PageRequest
from api.resolvers.replying import Reply, reply_to_incident
from api.subscriptions.running import Running

SUPERVISOR = "elisa@alidash.example"
BEGAN = timedelta(minutes=16)
"""How long before the demo."""
CONFIRMED = timedelta(minutes=12)
REPLIED = timedelta(minutes=6)
EXPECTED = timedelta(minutes=80)
"""How long after the demo has begun the repair is expected to last."""
TITLE = "Fibra rompida em Lagoa Azul"
MESSAGE = "Uma escavadeira rompeu a fibra que leva a internet a Lagoa Azul. A equipe já está no local."
REPLY = "Já sabemos do rompimento em Lagoa Azul, e a equipe está emendando a fibra. Avisamos aqui assim que voltar."
WRITERS = (
    ("Mercearia da Lagoa", timedelta(minutes=14), "Caiu tudo aqui na mercearia, nem a maquininha passa."),
    ("Ivone Batista", timedelta(minutes=13), "Boa tarde, fiquei sem internet. A luz do aparelho está vermelha."),
    ("Edson Ramalho", timedelta(minutes=10), "Sem sinal em Lagoa Azul. É geral?"),
    ("Neide Sampaio", timedelta(minutes=8), "Minha internet parou faz uns dez minutos."),
    ("Oficina do Tonho", timedelta(minutes=3), "Estou sem internet na oficina, tem previsão de volta?"),
)
"""Who writes of it, how long before the demo, and what."""


async def plan(day: Day, running: Running, team: Team, ids: Ids, end: datetime) -> None:
    """Plan what the network tells until the demo begins at `end`, and what comes of its outage."""
    for moment in network.moments(day.now, end):
        day.at(moment, _observation(running, ids, dead=moment > end - BEGAN))
    callers = [Caller(name, CPF().generate()) for name, _, _ in WRITERS]
    await import_customers(team.contexts[ADMIN], [Placement(one.cpf, BROKEN.name, one.name) for one in callers])
    for caller, (_, ago, line) in zip(callers, WRITERS, strict=True):
        day.at(end - ago, _complaint(running, caller, line))
    day.at(end - CONFIRMED, _confirmation(team, end + EXPECTED))
    day.at(end - REPLIED, _reply(team))


def _observation(running: Running, ids: Ids, *, dead: bool) -> Step:
    async def step() -> None:
        await network.observe(running.as_system(), ids, silent=DEAD if dead else ())

    return step


def _complaint(running: Running, caller: Caller, line: str) -> Step:
    async def step() -> None:
        await arrive(running, Talk("tecnico", Category.OUTAGE, (line,)), caller)

    return step


def _confirmation(team: Team, expected_at: datetime) -> Step:
    async def step() -> None:
        words = IncidentWords(TITLE, MESSAGE, IncidentAudience.EVERYONE, expected_at, keep_expected=False)
        await confirm_incident(team.contexts[SUPERVISOR], (await _incident(team)).id, words)

    return step


def _reply(team: Team) -> Step:
    async def step() -> None:
        await reply_to_incident(team.contexts[SUPERVISOR], (await _incident(team)).id, Reply(REPLY, "demo"))

    return step


async def _incident(team: Team) -> Incident:
    """The one that the silence of the broken device has opened by itself."""
    (incident,) = (await list_incidents(team.contexts[SUPERVISOR], IncidentFilter(), PageRequest(first=2))).rows
    return incident
