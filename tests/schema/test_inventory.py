"""The inventory by GraphQL."""

from tests.network import Network
from tests.schema.conftest import Door

IMPORT = """mutation($csv: String!, $dry: Boolean!) { importAccessPoints(csv: $csv, dryRun: $dry) {
  file { created updated unchanged refused lines { number name outcome errors { code message field } } }
  userErrors { code message field } } }"""


async def test_a_file_is_tried_then_brought_in_and_each_line_is_answered(door: Door) -> None:
    network = await Network.of(door.desk)
    token = await door.token(network.boss)
    csv = "nome;porta\nOLT;\nTorre;x\n"
    trial = (await door.ask(IMPORT, token=token, csv=csv, dry=True))["importAccessPoints"]
    done = (await door.ask(IMPORT, token=token, csv=csv, dry=False))["importAccessPoints"]
    assert trial == done
    assert done["userErrors"] == []
    lines = done["file"].pop("lines")
    assert done["file"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    assert lines == [
        {"number": 2, "name": "OLT", "outcome": "CREATED", "errors": []},
        {
            "number": 3,
            "name": "Torre",
            "outcome": "REFUSED",
            "errors": [{"code": "INVALID", "message": "Valor inválido.", "field": ["port"]}],
        },
    ]
    again = (await door.ask(IMPORT, token=token, csv=csv, dry=False))["importAccessPoints"]["file"]
    assert (again["created"], again["unchanged"]) == (0, 1)


async def test_what_cannot_be_read_or_is_not_allowed_is_told(door: Door) -> None:
    boss, ana = await door.token(await door.desk.admin()), await door.token(await door.desk.agent("tecnico"))
    answer = (await door.ask(IMPORT, token=boss, csv="a;b\n1;2", dry=True))["importAccessPoints"]
    assert answer["userErrors"] == [
        {"code": "INVALID", "message": "Não conhecemos a coluna “a”.", "field": ["csv"]},
    ]
    [error] = (await door.ask(IMPORT, token=ana, csv="nome\nA", dry=True))["importAccessPoints"]["userErrors"]
    assert error["code"] == "FORBIDDEN"
