"""The whole schema by machine: whatever Schemathesis makes of it, every role is told something that the docs know of.

The questions are drawn once, always the same ones, and asked by everybody; `ALIDASH_GRAPHQL_EXAMPLES=50` draws more of
each field.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from graphql import print_ast
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes
from starlette.applications import Starlette

from api.errors import ErrorCode
from api.models.enums import Scope
from api.resolvers.api_keys import create_api_key
from api.resolvers.tokens import create_token
from tests.clock import Clock
from tests.people import Desk, valid_cpf
from tests.running import client_of
from tests.test_policy import Scene, staged

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
EXAMPLES = int(os.environ.get("ALIDASH_GRAPHQL_EXAMPLES", "3"))
PLACES = 20
"""So many ids are drawn from; each stands for something that is there once a desk is open."""

STATUSES = {200, 400, 401, 403, 429, 503}
STAFF = ("agent", "analyst", "supervisor", "admin")
LAST = ("signOut", "changePassword", "revokeSession")
"""What ends the credential it is asked with."""

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "ID": (st.integers(0, PLACES - 1).map("ID{}".format) | st.just("nobody")).map(nodes.String),
    "Int": (st.integers(0, 30) | st.sampled_from([-1, 101, 2**31 - 1, -(2**31)])).map(nodes.Int),
    "Cpf": (st.integers(1, 999_999_999).map(valid_cpf) | st.sampled_from(["", "529.982.247-26"])).map(nodes.String),
    "Cursor": st.sampled_from(["", "0badcafe.1", "bm9uc2Vuc2U=", "\u0000"]).map(nodes.String),
    "Date": st.sampled_from(["2026-11-22", "0001-01-01", "9999-12-31", "2026-02-30"]).map(nodes.String),
    "DateTime": st.sampled_from(
        [
            "2026-11-22T12:00:00Z",
            "2026-11-21T12:00:00-03:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "0001-01-01T00:00:00+14:00",
        ]
    ).map(nodes.String),
    "Duration": st.sampled_from(["PT0S", "PT4M10S", "P30D", "P999999999D", "PT0.000001S", "PT"]).map(nodes.String),
}


@dataclass(frozen=True)
class Question:
    """One operation on one field."""

    field: str
    text: str


@lru_cache(1)
def questions() -> tuple[Question, ...]:
    """So many of every query and mutation, the same in every run."""
    for name, strategy in SCALARS.items():
        schemathesis.graphql.scalar(name, strategy)
    loaded = schemathesis.graphql.from_path(str(SCHEMA))
    operations = [found.ok() for found in loaded.get_all_operations() if isinstance(found, Ok)]
    drawn = [question for operation in operations for question in drawn_of(operation)]
    return tuple(sorted(drawn, key=lambda question: question.field in LAST))


def drawn_of(operation: Any) -> Iterator[Question]:
    found: list[Question] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
    )
    @given(operation.as_strategy())
    def draw(case: Any) -> None:
        text = case.body if isinstance(case.body, str) else print_ast(case.body)
        found.append(Question(operation.label.split(".")[1], text))

    draw()
    yield from found


@dataclass
class Asking:
    """Somebody who asks, and which fields answered them."""

    client: httpx2.AsyncClient
    who: str
    token: str | None
    ids: list[str]
    answered: set[str] = field(default_factory=set)

    async def ask(self, question: Question) -> str | None:
        """Ask; what was wrong with the answer, if anything was."""
        text = question.text
        for number, id in enumerate(self.ids):
            text = text.replace(f'"ID{number}"', f'"{id}"')
        headers = {"accept": "application/graphql-response+json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        answer = await self.client.post("/graphql", json={"query": text}, headers=headers)
        told = answer.json()
        codes = [error["extensions"]["code"] for error in told.get("errors", ())]
        if told.get("data") and not codes:
            self.answered.add(question.field)
        odd = [code for code in codes if code not in set(ErrorCode) - {ErrorCode.INTERNAL}]
        if answer.status_code in STATUSES and not odd and (("data" in told) == (answer.status_code == 200)):
            return None
        return f"{self.who}: {answer.status_code} {told}\n{text}"


@asynccontextmanager
async def everybody(app: Starlette, scene: Scene) -> AsyncIterator[list[Asking]]:
    """One of each kind of caller, all from one address."""
    desk = scene.desk
    await scene.begin("closed")
    closed = scene.chat_id
    await scene.begin("active")
    assert scene.opened is not None
    key = await create_api_key(scene.people["admin"], name="Robô", scopes=list(Scope))
    tokens = {who: await create_token(desk.system, email=(await desk.user(scene.people[who])).email) for who in STAFF}
    tokens |= {"customer": scene.opened.token, "key": key.secret}
    ids = [str(id) for id in ids_of(scene, closed)]
    assert len(ids) == PLACES
    async with client_of(app) as client:
        yield [Asking(client, who, tokens.get(who), ids) for who in ("anonymous", *tokens)]


def ids_of(scene: Scene, closed: Any) -> list[Any]:
    """Something of every kind; what is used up by one is gone for the next, as in life."""
    assert scene.chat is not None
    return [
        scene.chat_id, scene.chat_id, closed, scene.chat.customer_id, scene.chat.customer_id, scene.user_id,
        scene.agent_id, scene.tecnico.id, scene.tecnico.id, scene.comercial.id, scene.point, scene.free_point,
        scene.planned, scene.incident, scene.webhook, scene.delivery, scene.holiday, scene.block, scene.reply,
        scene.notification,
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.settings(webhook_networks="127.0.0.0/8", probe_networks="127.0.0.0/8")
async def test_whatever_is_asked_by_whomever_is_answered_as_documented(app: Starlette, clock: Clock) -> None:
    scene = await staged(Desk(app.state.running, clock))
    faults: list[str] = []
    async with everybody(app, scene) as callers:
        for question in questions():
            for caller in callers:
                fault = await caller.ask(question)
                faults += [fault] if fault else []
    fields = {question.field for question in questions()}
    assert not faults, "\n\n".join(faults[:20])
    # Not all of it is refused: most fields have answered somebody, and more than half of them everybody of the staff.
    assert len({name for caller in callers for name in caller.answered}) > 0.8 * len(fields)
    assert min(len(caller.answered) for caller in callers if caller.who in STAFF) > 0.5 * len(fields)
