"""GraphQL over HTTP: who is asking, what is refused, and what an error tells."""

import asyncio

import pytest
from graphql import build_client_schema, get_introspection_query

from api.resolvers import departments
from tests.people import PASSWORD
from tests.schema.conftest import Door

SIGN_IN = """mutation($e: String!, $p: String!) {
  signIn(email: $e, password: $p) { viewer { name } token userErrors { code message } }
}"""
VIEWER = "{ viewer { name } }"
CLAIM = "mutation($c: ID!) { claimChat(id: $c) { chat { id status } userErrors { code message field } } }"


async def test_anybody_may_list_the_departments(door: Door) -> None:
    data = await door.ask("{ departments { slug name online waiting } }")
    assert [department["slug"] for department in data["departments"]] == ["comercial", "tecnico", "administrativo"]


async def test_a_program_that_signs_in_gets_a_token_that_works(door: Door) -> None:
    ana = await door.desk.agent("tecnico", name="Ana")
    email = (await door.desk.user(ana)).email
    response = await door.post(SIGN_IN, e=email, p=PASSWORD)
    signed_in = response.json()["data"]["signIn"]
    assert "set-cookie" not in response.headers
    assert (await door.ask(VIEWER, token=signed_in["token"]))["viewer"] == {"name": "Ana"}


async def test_a_browser_that_signs_in_gets_a_cookie_that_scripts_cannot_read_and_no_token(door: Door) -> None:
    ana = await door.desk.agent("tecnico", name="Ana")
    email = (await door.desk.user(ana)).email
    response = await door.post(SIGN_IN, e=email, p=PASSWORD, headers={"origin": door.url})
    cookie = response.headers["set-cookie"].lower()
    assert response.json()["data"]["signIn"]["token"] is None
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    own = await door.post(VIEWER, headers={"origin": door.url})
    assert own.json()["data"]["viewer"] == {"name": "Ana"}


async def test_a_foreign_page_never_acts_with_the_cookie(door: Door) -> None:
    ana = await door.desk.agent("tecnico", name="Ana")
    await door.post(SIGN_IN, e=(await door.desk.user(ana)).email, p=PASSWORD, headers={"origin": door.url})
    foreign = await door.post(VIEWER, headers={"origin": "https://evil.example"})
    assert foreign.json()["data"]["viewer"] is None


async def test_signing_out_ends_the_session(door: Door) -> None:
    token = await door.token(await door.desk.agent("tecnico"))
    await door.ask("mutation { signOut { done } }", token=token)
    assert (await door.post(VIEWER, token=token)).status_code == 401


async def test_a_wrong_password_and_an_unknown_account_answer_the_same(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    wrong = await door.ask(SIGN_IN, e=(await door.desk.user(ana)).email, p="not the password")
    unknown = await door.ask(SIGN_IN, e="nobody@desk.example", p="not the password")
    assert wrong == unknown
    assert wrong["signIn"]["userErrors"][0]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("scheme", ["Bearer nonsense", "Bearer staff_nonsense", "Basic YTpi"])
async def test_a_credential_that_opens_nothing_is_refused_as_such(door: Door, scheme: str) -> None:
    response = await door.post(VIEWER, headers={"authorization": scheme})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_two_agents_claim_at_once_and_one_of_them_gets_conflict(door: Door) -> None:
    tokens = [await door.token(await door.desk.agent("tecnico")) for _ in range(2)]
    chat = await door.desk.waiting()
    answers = await asyncio.gather(*(door.ask(CLAIM, token=token, c=str(chat.id)) for token in tokens))
    errors = [error["code"] for answer in answers for error in answer["claimChat"]["userErrors"]]
    chats = [answer["claimChat"]["chat"] for answer in answers if answer["claimChat"]["chat"]]
    assert errors == ["CONFLICT"]
    assert [chat["status"] for chat in chats] == ["ACTIVE"]


async def test_errors_speak_the_readers_language(door: Door) -> None:
    said = [
        (await door.post("{ users { nodes { id } } }", headers={"accept-language": language})).json()["errors"][0]
        for language in ("en-US,en;q=0.9", "pt-BR", "de")
    ]
    assert [error["message"] for error in said] == [
        "Sign in to continue.",
        "Entre na sua conta para continuar.",
        "Entre na sua conta para continuar.",
    ]


async def test_an_unforeseen_failure_leaves_as_a_reference_and_nothing_else(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(departments, "list_departments", fail)
    response = await door.post("{ departments { id } }")
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["reference"] in error["message"]
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "query",
    [
        'mutation { openChat(input: {name: "Z", departmentId: "x", message: "m", cpf: 52998224725}) { token } }',
        "mutation($i: OpenChatInput!) { openChat(input: $i) { token } }",
    ],
)
async def test_a_value_that_does_not_fit_is_not_echoed(door: Door, query: str) -> None:
    response = await door.post(query, i={"name": "Z", "departmentId": "x", "message": "m", "cpf": 52998224725})
    assert response.json()["errors"][0]["extensions"]["code"] == "INVALID"
    assert "52998224725" not in response.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"1e999", b'{"query": NaN}', b'{"query": 5}', b"{}", b"\xff\xfe",
        b'{"query": "{ viewer { id } }", "variables": []}', b'{"query": "\\ud800"}',
        b'{"query": "{ viewer { id } }", "variables": {"x": ' + b"9" * 5000 + b"}",
        b'[{"query": "{ viewer { id } }"}]',
    ],
)  # fmt: skip
async def test_an_odd_body_is_the_callers_mistake(door: Door, body: bytes) -> None:
    response = await door.client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "INVALID"


async def test_a_body_over_the_limit_is_refused_unread(door: Door) -> None:
    response = await door.client.post("/graphql", content=b"x" * 300_000, headers={"content-type": "application/json"})
    assert response.status_code == 413


async def test_queries_are_not_taken_from_addresses(door: Door) -> None:
    response = await door.client.get("/graphql", params={"query": "{ viewer { id } }"})
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("{ viewer { id } } query Two { viewer { id } }", "one operation"),
        ("{ " + " ".join(f"a{n}: viewer {{ id }}" for n in range(25)) + " }", "at the top"),
        ("{ viewer { " + " ".join(f"a{n}: id" for n in range(40)) + " } }", "aliases"),
        ("{ departments " + "{ agents { departments " * 8 + "{ id }" + "} }" * 8 + " }", "levels deep"),
        ("{ viewer { id } } " + "# " + "x " * 3, None),
        ("{ viewer { " + "id " * 3000 + "} }", "token"),
    ],
)
async def test_a_question_too_large_is_refused_before_it_is_executed(door: Door, query: str, says: str | None) -> None:
    answer = (await door.post(query)).json()
    if says is None:
        assert "errors" not in answer
        return
    assert "data" not in answer
    assert any(says in error["message"] for error in answer["errors"])


async def test_fragments_that_multiply_cost_nothing(door: Door) -> None:
    fragments = " ".join(f"fragment F{n} on User {{ ...F{n + 1} ...F{n + 1} }}" for n in range(25))
    query = f"{{ viewer {{ ...F0 }} }} {fragments} fragment F25 on User {{ id }}"
    async with asyncio.timeout(30):
        answer = (await door.post(query)).json()
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


INTROSPECTION = "{ __schema { queryType { name } } }"


@pytest.mark.settings(env="production")
async def test_a_stranger_may_not_introspect_in_production(door: Door) -> None:
    answer = (await door.post(INTROSPECTION)).json()
    assert "data" not in answer


async def test_staff_may_introspect(door: Door) -> None:
    token = await door.token(await door.desk.agent("tecnico"))
    assert (await door.ask(INTROSPECTION, token=token))["__schema"] == {"queryType": {"name": "Query"}}


async def test_tools_learn_the_schema_as_they_are_used_to(door: Door) -> None:
    query = get_introspection_query(specified_by_url=True, input_value_deprecation=True)
    token = await door.token(await door.desk.agent("tecnico"))
    learnt = build_client_schema(await door.ask(query, token=token))
    assert learnt.subscription_type is not None
    assert "chatEvents" in learnt.subscription_type.fields


async def test_every_answer_closes_doors_in_browsers(door: Door) -> None:
    for path in ("/graphql", "/healthz", "/api/v1/departments/", "/nowhere"):
        headers = (await door.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["x-request-id"], path
