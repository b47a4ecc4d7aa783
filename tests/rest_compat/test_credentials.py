"""Who calls: tokens, keys, the panel's cookie."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from api.auth import COOKIE
from api.models import ApiKey
from api.models.enums import Scope
from api.resolvers.sessions import sign_in
from api.resolvers.tokens import create_token
from tests.people import PASSWORD
from tests.rest_compat.callers import Caller, Door, refusal


async def test_a_token_may_be_sent_in_the_older_way(door: Door) -> None:
    opened = (await door.anybody.post("/chat/init/", **door.opening())).json()
    for scheme in ("Bearer", "bearer", "Token", "token"):
        caller = door.bearer(opened["token"], scheme=scheme)
        assert (await caller.get(f"/chat/{opened['chat_id']}/history/")).status_code == 200


@pytest.mark.parametrize("header", ["Bearer nothing", "Bearer chat_nothing", "Bearer", "Basic YTpi", "staff_x", ""])
async def test_a_bad_token_opens_nothing_not_even_what_is_public(door: Door, header: str) -> None:
    response = await door.anybody.call("GET", "/departments/", headers={"authorization": header})
    problem = refusal(response, 401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"] == 'Bearer realm="AliDash", error="invalid_token"'
    assert problem["detail"] == "O token não é válido ou expirou."


async def test_nobody_is_asked_for_a_token(door: Door) -> None:
    zé = await door.customer()
    for method, path in (
        ("GET", f"/chat/{zé.id}/history/"),
        ("GET", "/agent/queue/"),
        ("GET", "/dashboard/metrics/"),
        ("GET", f"/users/{zé.id}"),
    ):
        response = await door.anybody.call(method, path)
        refusal(response, 401, "UNAUTHENTICATED")
        assert response.headers["www-authenticate"] == 'Bearer realm="AliDash"'
    for path in ("message", "end", "claim", "handoff"):
        body = {"text": "Oi"} if path == "message" else {}
        async with door.nothing_changes():
            response = await door.anybody.call("POST", f"/chat/{zé.id}/{path}/", json=body)
            refusal(response, 401, "UNAUTHENTICATED")


async def test_a_token_in_the_address_is_no_credential(door: Door) -> None:
    opened = (await door.anybody.post("/chat/init/", **door.opening())).json()
    response = await door.anybody.get(f"/chat/{opened['chat_id']}/history/", token=opened["token"])
    assert response.status_code in (400, 401)


async def test_an_expired_staff_token_opens_nothing(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    user = await door.desk.user(ana)
    expires_at = ana.now() + timedelta(hours=1)
    token = await create_token(door.desk.system, email=user.email, expires_at=expires_at)
    assert (await door.bearer(token).get("/agent/queue/")).status_code == 200
    door.desk.clock.advance(hours=2)
    refusal(await door.bearer(token).get("/agent/queue/"), 401, "UNAUTHENTICATED")


async def test_a_key_does_only_what_its_scopes_say(door: Door) -> None:
    zé = await door.customer()
    figures, queue, bot = [await door.key(scope) for scope in (Scope.METRICS_READ, Scope.QUEUE_READ, Scope.CHAT_WRITE)]
    assert (await figures.get("/dashboard/metrics/")).status_code == 200
    assert (await queue.get("/agent/queue/")).status_code == 200
    for caller, path in (
        (figures, "/agent/queue/"),
        (bot, "/agent/queue/"),
        (queue, "/dashboard/metrics/"),
        (bot, "/dashboard/metrics/"),
        (figures, f"/chat/{zé.id}/history/"),
        (queue, f"/chat/{zé.id}/history/"),
    ):
        refusal(await caller.get(path), 403, "FORBIDDEN")
    refusal(await bot.get(f"/chat/{zé.id}/history/"), 404, "NOT_FOUND")


async def test_the_panels_cookie_reads_and_with_the_csrf_header_writes(door: Door) -> None:
    ana = await door.desk.user(await door.desk.agent("tecnico"))
    login = await sign_in(door.desk.anonymous, email=ana.email, password=PASSWORD)
    cookie = {"cookie": f"{COOKIE}={login.token}"}
    caller = Caller(door.client, cookie)

    assert (await caller.get("/agent/queue/")).status_code == 200
    async with door.nothing_changes():
        problem = refusal(await caller.post("/agent/status/", status="online"), 403, "FORBIDDEN")
    assert "X-CSRF-Token" in problem["detail"]
    sent = await caller.post("/agent/status/", headers={"x-csrf-token": "1"}, status="online")
    assert sent.status_code == 200

    # A page of another site, with the cookie that the browser adds: nobody in particular.
    foreign = {"origin": "https://evil.example", "x-csrf-token": "1"}
    async with door.nothing_changes():
        refusal(await caller.post("/agent/status/", headers=foreign, status="offline"), 401, "UNAUTHENTICATED")


@pytest.mark.settings(second_factor_roles="AGENT")
async def test_a_second_factor_that_a_role_needs_is_set_up_first(door: Door) -> None:
    newcomer = await door.desk.user(await door.desk.agent("tecnico", present=False))
    token = await create_token(door.desk.system, email=newcomer.email)
    problem = refusal(await door.bearer(token).get("/agent/queue/"), 403, "FORBIDDEN")
    assert problem["detail"] == "Seu perfil exige a verificação em duas etapas. Configure-a antes de continuar."


async def test_a_key_is_noted_as_used(door: Door) -> None:
    await door.key(Scope.METRICS_READ)
    async with door.desk.db.read() as session:
        [key] = (await session.execute(select(ApiKey))).scalars()
    assert key.last_used_at == door.desk.clock.now
