"""One object is the app: `create_app(settings)` holds all state, so that two of them live in one process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import Lifespan

from api.assets import Fresh, Immutable, folder, page
from api.entrance import entrance
from api.exports import exports
from api.jobs import keep_time
from api.middleware import BodyLimit, Cors, RequestId, SecurityHeaders, SocketsPerAddress, TurnSocketsAway
from api.probes import probes
from api.schema import build_schema
from api.schema.endpoint import Endpoint
from api.services import assemble, opened, utc_now
from api.settings import Settings
from api.subscriptions.running import Running
from rest_compat.routes import routes as rest_routes

BODY_LIMIT = 256 * 1024


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Starlette:
    """An ASGI app with a database, hub and keys of its own. Raises SettingsError."""
    running = assemble(settings, clock)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened(running), keep_time(running):
            yield

    return app_on(running, lifespan)


def app_on(running: Running, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """The app of services that somebody else opens and closes, or that `lifespan` does."""
    routes = [*_routes(running), *rest_routes()]
    app = Starlette(routes=routes, middleware=_middleware(running), lifespan=lifespan)
    app.router.redirect_slashes = False
    app.state.running = running
    return app


def _middleware(running: Running) -> list[Middleware]:
    settings = running.services.settings
    return [
        Middleware(RequestId, telemetry=running.telemetry),
        Middleware(TurnSocketsAway, stopping=running.stopping),
        Middleware(
            SocketsPerAddress,
            limit=settings.sockets_per_address,
            trusted=settings.trusted_proxies,
            telemetry=running.telemetry,
        ),
        Middleware(SecurityHeaders, https_only=(settings.public_url or "").startswith("https://")),
        Middleware(
            Cors,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST", "PATCH"],
            allow_headers=["authorization", "content-type", "accept-language", "idempotency-key"],
            expose_headers=["retry-after", "x-request-id"],
            max_age=600,
        ),
        Middleware(BodyLimit, limit=BODY_LIMIT),
    ]


def _routes(running: Running) -> list[BaseRoute]:
    endpoint = Endpoint(build_schema(), running)
    return [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", endpoint),
        Route("/", _home),
        *probes(running),
        *exports(),
        *entrance(),
        *[Route(path, _panel) for path in ("/login/{rest:path}", "/meu-painel/{rest:path}", "/admin/{rest:path}")],
        *[Route(path, _with_slash) for path in ("/login", "/meu-painel", "/admin", "/teste-widget")],
        Mount("/assets", Immutable("web", "assets")),
        Route("/widget.js", partial(_widget, "alidash.js")),
        Route("/widget-panel.js", partial(_widget, "alidash-panel.js")),
        Route("/widget-proof.js", partial(_widget, "alidash-proof.js")),
        Route("/teste-widget/", _widget_test),
        Mount("/teste-widget", Fresh("widget", "teste")),
    ]


async def _home(request: Request) -> Response:
    return RedirectResponse("/login/", 303)


async def _with_slash(request: Request) -> Response:
    return RedirectResponse(f"{request.url.path}/", 308)


async def _panel(request: Request) -> Response:
    """The panels are one page; what it shows is its own matter, and the API's who may see it."""
    return page("web", "index.html")


async def _widget_test(request: Request) -> Response:
    return page("widget", "teste.html")


async def _widget(name: str, request: Request) -> Response:
    """The script that any site may embed, the panel that it loads when somebody opens it, and the proof."""
    headers = {"cache-control": "public, max-age=300", "cross-origin-resource-policy": "cross-origin"}
    return FileResponse(folder("widget") / name, media_type="text/javascript; charset=utf-8", headers=headers)
