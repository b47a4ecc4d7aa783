"""The REST door alone, on each kind of database, and the callers who knock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from api.middleware import RequestId
from api.services import Running
from rest_compat.routes import routes
from tests.people import Desk
from tests.rest_compat.callers import Door


def app_on(running: Running) -> Starlette:
    """An app that has the REST routes and nothing else."""
    app = Starlette(routes=routes(), middleware=[Middleware(RequestId, telemetry=running.telemetry)])
    app.state.running = running
    return app


@asynccontextmanager
async def client_of(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an app in this process."""
    transport = httpx2.ASGITransport(app=app, client=("10.9.8.7", 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example/api/v1") as client:
        yield client


@pytest.fixture
async def door(desk: Desk) -> AsyncIterator[Door]:
    """The REST door of an app with its people."""
    async with client_of(app_on(desk.running)) as client:
        yield Door(desk, client)
