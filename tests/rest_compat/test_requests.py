"""What is not a request as described gets a typed answer, and leaves nothing behind."""

from collections.abc import AsyncIterator

import pytest

from tests.rest_compat.callers import Door, refusal

ODD_JSON = {
    "nothing": b" ",
    "not JSON": b"{",
    "a list": b'[{"text": "Oi"}]',
    "a string": b'"Oi"',
    "null": b"null",
    "NaN": b'{"text": NaN}',
    "Infinity": b'{"text": -Infinity}',
    "1e999": b'{"text": 1e999}',
    "5000 digits": b'{"text": ' + b"9" * 5000 + b"}",
    "21 digits": b'{"text": 100000000000000000000}',
    "a key twice": b'{"text": "Oi", "text": "Tchau"}',
    "a nested key twice": b'{"text": {"a": 1, "a": 2}}',
    "a lone surrogate": b'{"text": "\\ud83d"}',
    "a lone surrogate as a key": b'{"\\udc00": "Oi"}',
    "broken UTF-8": b'{"text": "\xff"}',
    "UTF-16": '{"text": "Oi"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"text": "Oi"}',
    "10000 brackets": b"[" * 10000,
    "10000 objects": b'{"text":' * 7000,
    "a comment": b'{"text": "Oi"} // ok',
    "single quotes": b"{'text': 'Oi'}",
}


@pytest.mark.parametrize("content", ODD_JSON.values(), ids=ODD_JSON)
async def test_odd_json_is_refused(door: Door, content: bytes) -> None:
    zé = await door.customer()
    async with door.nothing_changes():
        response = await zé.call(
            "POST", f"/chat/{zé.id}/message/", content=content, headers={"content-type": "application/json"}
        )
        problem = refusal(response, 400, "INVALID")
    assert problem["detail"] == "O corpo não é um objeto JSON válido."


@pytest.mark.parametrize(
    "text", ["👋🏽 ção\t\n", "\u2028", "\ufeff.", "a\u200db", "\U0010fffd", "<script>&amp;</script>"]
)
async def test_odd_text_comes_back_as_it_was(door: Door, text: str) -> None:
    zé = await door.customer()
    assert (await zé.post(f"/chat/{zé.id}/message/", text=f"«{text}»")).status_code == 201
    assert (await zé.get(f"/chat/{zé.id}/history/", after=1)).json()["messages"][0]["text"] == f"«{text}»"


@pytest.mark.parametrize("media", [None, "text/plain", "application/x-www-form-urlencoded", "application/json-seq"])
async def test_only_json_is_read(door: Door, media: str | None) -> None:
    headers = {} if media is None else {"content-type": media}
    async with door.nothing_changes():
        response = await door.anybody.call("POST", "/chat/init/", content=b'{"name": "x"}', headers=headers)
        problem = refusal(response, 415, "INVALID")
    assert problem["detail"] == "Envie application/json."


async def test_a_charset_beside_the_media_type_is_fine(door: Door) -> None:
    zé = await door.customer()
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    response = await zé.call("POST", f"/chat/{zé.id}/message/", content=b'{"text": "Oi"}', headers=headers)
    assert response.status_code == 201


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_64_kib_is_refused(door: Door, announced: bool) -> None:
    content = b'{"text": "' + b"x" * 65536 + b'"}'

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 4096):
            yield content[start : start + 4096]

    zé = await door.customer()
    async with door.nothing_changes():
        response = await zé.call(
            "POST",
            f"/chat/{zé.id}/message/",
            content=content if announced else pieces(),
            headers={"content-type": "application/json"},
        )
        problem = refusal(response, 413, "TOO_LARGE")
    assert problem["detail"] == "O corpo passa de 65536 bytes."


async def test_a_body_of_exactly_64_kib_is_read(door: Door) -> None:
    zé = await door.customer()
    content = b'{"text": "Oi"}'.ljust(65536)
    response = await zé.call(
        "POST", f"/chat/{zé.id}/message/", content=content, headers={"content-type": "application/json"}
    )
    assert response.status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/departments/", "GET, HEAD"),
        ("GET", "/chat/init/", "POST"),
        ("PUT", "/users/1", "GET, HEAD, PATCH"),
        ("OPTIONS", "/chat/1/message", "POST"),
        ("POST", "/openapi.json", "GET, HEAD"),
        ("POST", "/docs/", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(door: Door, method: str, path: str, allow: str) -> None:
    response = await door.anybody.call(method, path)
    refusal(response, 405, "INVALID")
    assert response.headers["allow"] == allow


@pytest.mark.parametrize("path", ["", "/", "/nowhere/", "/chat/", "/chat/init/extra/", "/docs/nothing.css"])
async def test_there_is_nothing_elsewhere(door: Door, path: str) -> None:
    problem = refusal(await door.anybody.get(path), 404, "NOT_FOUND")
    assert problem["detail"] == "Não há nada neste endereço."


async def test_every_route_answers_with_and_without_its_slash(door: Door) -> None:
    zé, admin = await door.customer(), await door.admin()
    for caller, path in (
        (zé, "/departments"),
        (zé, f"/chat/{zé.id}/history"),
        (admin, "/agent/queue"),
        (admin, "/dashboard/metrics"),
        (admin, f"/users/{admin.id}"),
        (zé, "/docs"),
        (zé, "/openapi.json"),
    ):
        with_slash, without = await caller.get(f"{path}/"), await caller.get(path)
        assert (with_slash.status_code, without.status_code) == (200, 200), path
        assert with_slash.text == without.text
    assert (await door.anybody.post("/chat/init", **door.opening())).status_code == 201
    assert (await zé.post(f"/chat/{zé.id}/message", text="Oi")).status_code == 201
    assert (await zé.post(f"/chat/{zé.id}/end")).status_code == 200


async def test_head_answers_as_get_does(door: Door) -> None:
    head, get = await door.anybody.call("HEAD", "/departments/"), await door.anybody.get("/departments/")
    assert (head.status_code, head.headers["content-type"]) == (get.status_code, get.headers["content-type"])
