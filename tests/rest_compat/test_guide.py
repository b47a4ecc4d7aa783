"""docs/rest.md: its commands work as they stand, and its tables tell the truth."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from string import Template

import httpx2

from api.models.enums import Scope
from api.resolvers.access_points import AccessPointDetails, create_access_point
from rest_compat import reply
from rest_compat.descriptions import SAMPLES
from rest_compat.routes import ROOT, TABLE
from tests.rest_compat.callers import Door

GUIDE = (Path(__file__).parents[2] / "docs" / "rest.md").read_text(encoding="utf-8")
COMMANDS = [block for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if block.startswith("curl")]


async def test_every_command_works(door: Door) -> None:
    admin = await door.admin("tecnico")
    known = {"ALIDASH": "http://desk.example", "STAFF_TOKEN": token(admin.headers), "USER": (await door.agent()).id}
    known["API_KEY"] = token((await door.key(Scope.CHAT_WRITE)).headers)
    known["CUSTOMER_KEY"] = token((await door.key(Scope.CUSTOMER_WRITE)).headers)
    await create_access_point(await door.desk.admin(), AccessPointDetails("Rádio Norte"))
    for command in COMMANDS:
        response = await run(door.client, Template(command).substitute(known))
        assert response.is_success, f"{command}\n{response.text}"
        answer = response.json()
        if "customer_id" in answer:
            known["CUSTOMER"] = answer["customer_id"]
        if "token" in answer:
            mine = {"BOT_CHAT": answer["chat_id"]} if answer["status"] == "bot" else {"CHAT": answer["chat_id"]}
            known |= mine | {"CHAT_TOKEN": answer["token"]}
    assert len(COMMANDS) == 15


async def run(client: httpx2.AsyncClient, command: str) -> httpx2.Response:
    """What curl would get, for the few options that the guide uses."""
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    method, address, headers, content = "GET", "", {}, None
    for word in words:
        match word:
            case "-s":
                pass
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                content = next(words).encode()
            case _:
                address = word
    return await client.request(method, address, headers=headers, content=content)


def token(headers: Mapping[str, str]) -> str:
    return headers["authorization"].removeprefix("Bearer ")


def test_the_guide_names_every_route() -> None:
    for operation in TABLE:
        assert f"`{operation.method} {operation.path.strip('/')}" in GUIDE, operation.path
    assert ROOT in GUIDE


def test_the_guide_explains_every_error() -> None:
    rows = set(re.findall(r"^\| (\d{3}) \| `([A-Z_]+)`", GUIDE, re.MULTILINE))
    real = {(str(int(reply.status_of(error))), code.value) for code, error in SAMPLES.items()}
    assert rows == real | {("405", "INVALID"), ("415", "INVALID")}
