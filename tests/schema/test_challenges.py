"""Being asked for proof of work through GraphQL: what it is called, and how one goes on."""

import pytest

from tests.resolvers.test_challenges import solved
from tests.schema.conftest import Door

OPEN = """mutation($d: ID!, $p: String) {
  openChat(input: {departmentId: $d, name: "Zé", cpf: "52998224725", message: "Oi", proof: $p}) {
    token userErrors { code field message } } }"""


@pytest.mark.settings(challenge="always", challenge_bits=8)
async def test_who_is_asked_for_proof_fetches_a_challenge_and_repeats_with_its_solution(door: Door) -> None:
    department = str((await door.desk.department("tecnico")).id)
    refused = (await door.ask(OPEN, d=department))["openChat"]
    assert refused["token"] is None
    [error] = refused["userErrors"]
    assert (error["code"], error["field"]) == ("PROOF_NEEDED", None)
    assert "openingChallenge" in error["message"]
    assert "chave de API" in error["message"]
    challenge = (await door.ask("{ openingChallenge }"))["openingChallenge"]
    opened = (await door.ask(OPEN, d=department, p=solved(challenge)))["openChat"]
    assert opened["userErrors"] == []
    assert opened["token"].startswith("chat_")
