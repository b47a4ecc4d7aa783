"""What anybody may read of departments before they write."""

import pytest

from tests.schema.conftest import Door

NOTICE = "{ departments { privacyNotice } }"


@pytest.mark.settings(
    privacy_notice="Ao iniciar, você concorda:",
    privacy_notice_en="By starting you agree:",
    privacy_url="https://x.example/p",
)
@pytest.mark.parametrize(
    ("language", "words"), [("pt-BR", "Ao iniciar, você concorda:"), ("en", "By starting you agree:")]
)
async def test_customers_read_what_they_agree_to_in_their_language(door: Door, language: str, words: str) -> None:
    response = await door.post(NOTICE, headers={"accept-language": language})
    told = {each["privacyNotice"] for each in response.json()["data"]["departments"]}
    assert told == {f"{words} https://x.example/p"}


async def test_without_a_notice_nobody_agrees_to_anything(door: Door) -> None:
    assert {each["privacyNotice"] for each in (await door.ask(NOTICE))["departments"]} == {None}
