"""Callers of the REST door, each in one line: `ana = await door.agent("tecnico")`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2

from api.models.enums import Role, Scope
from api.resolvers.api_keys import create_api_key
from api.resolvers.tokens import create_token
from tests.changes import nothing_changes
from tests.people import Desk, person, valid_cpf

PROBLEM = "application/problem+json"


@dataclass
class Caller:
    """Somebody with a credential, or nobody in particular."""

    client: httpx2.AsyncClient
    headers: Mapping[str, str] = field(default_factory=dict)
    id: str = ""

    async def call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, **params: Any) -> httpx2.Response:
        return await self.call("GET", path, params=params)

    async def post(self, path: str, /, *, headers: Mapping[str, str] | None = None, **body: Any) -> httpx2.Response:
        return await self.call("POST", path, json=body, headers=headers or {})

    async def patch(self, path: str, /, **body: Any) -> httpx2.Response:
        return await self.call("PATCH", path, json=body)


@dataclass
class Door:
    """An app's REST routes, with everybody who may call them."""

    desk: Desk
    client: httpx2.AsyncClient
    _numbers: int = 0

    @property
    def anybody(self) -> Caller:
        return Caller(self.client)

    def bearer(self, token: str, *, id: str = "", scheme: str = "Bearer") -> Caller:
        return Caller(self.client, {"authorization": f"{scheme} {token}"}, id)

    async def staff(self, role: Role, *slugs: str, **options: Any) -> Caller:
        """A person of the staff, by a token."""
        user_id = person(await self.desk.staff(role, *slugs, **options)).user_id
        user = await self.desk.user(user_id)
        return self.bearer(await create_token(self.desk.system, email=user.email), id=str(user_id))

    async def admin(self, *slugs: str, **options: Any) -> Caller:
        return await self.staff(Role.ADMIN, *slugs, **options)

    async def agent(self, *slugs: str, **options: Any) -> Caller:
        return await self.staff(Role.AGENT, *slugs, **options)

    async def key(self, *scopes: Scope) -> Caller:
        """A machine, by an API key that has been used before."""
        made = await create_api_key(await self.desk.admin(), name="Robô", scopes=list(scopes))
        caller = self.bearer(made.secret, id=str(made.key.id))
        await caller.get("/departments/")
        return caller

    def user_id(self, caller: Caller) -> UUID:
        return UUID(caller.id)

    def opening(self, **given: Any) -> dict[str, Any]:
        """What somebody new sends to open a chat."""
        self._numbers += 1
        cpf = valid_cpf(200_000_000 + self._numbers)
        return {"name": "Zé", "message": "Sem internet", "department": "tecnico", "cpf": cpf} | given

    async def customer(self, **given: Any) -> Caller:
        """Somebody with a chat of their own: the caller's id is the chat's."""
        opened = await self.anybody.post("/chat/init/", **self.opening(**given))
        assert opened.status_code == 201, opened.text
        return self.bearer(opened.json()["token"], id=opened.json()["chat_id"])

    def nothing_changes(self) -> Any:
        """The block leaves every row as it was."""
        return nothing_changes(self.desk.db)


def refusal(response: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The problem of a response, which is exactly this status and code."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"/api/v1/docs/#{code}"
    assert problem["title"]
    assert problem["detail"]
    return problem
