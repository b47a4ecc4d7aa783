"""Checks of what people type: whatever comes is kept clean, or refused with its reason."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import ErrorCode, Invalid
from api.resolvers.checks import Checks

ANYTHING = st.text(st.characters(codec=None), max_size=60)  # Lone surrogates and NUL included.


def reasons(checks: Checks) -> list[str]:
    try:
        checks.done()
    except Invalid as error:
        return [problem.reason for problem in error.problems]
    return []


def storable(text: str) -> bool:
    """Whether both databases keep this text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


@given(ANYTHING)
def test_a_line_is_trimmed_bounded_and_storable_or_refused(given: str) -> None:
    checks = Checks()
    text = checks.text("name", given, limit=20)
    if not reasons(checks):
        assert storable(text)
        assert 0 < len(text) <= 20
        assert text == " ".join(text.split())


@given(ANYTHING)
def test_prose_is_kept_as_typed_but_for_its_ends_or_refused(given: str) -> None:
    checks = Checks()
    text = checks.prose("body", given, limit=40)
    assert text == given.strip()
    if not reasons(checks):
        assert storable(text)
        assert 0 < len(text) <= 40


@given(ANYTHING)
def test_any_text_is_an_email_or_refused(given: str) -> None:
    checks = Checks()
    email = checks.email("email", given)
    if email is not None and not reasons(checks):
        assert storable(email)
        assert email == email.lower()
        assert email.count("@") == 1
        assert len(email) <= 254


@given(ANYTHING | st.from_regex(r"\+?[0-9() -]{1,24}", fullmatch=True))
def test_any_text_is_a_phone_number_or_refused(given: str) -> None:
    checks = Checks()
    phone = checks.phone("phone", given)
    if phone is not None and not reasons(checks):
        assert phone.startswith("+")
        assert phone[1:].isascii()
        assert phone[1:].isdigit()
        assert len(phone) <= 20


@given(ANYTHING)
def test_any_text_is_a_slug_or_refused(given: str) -> None:
    checks = Checks()
    slug = checks.slug("slug", given)
    if not reasons(checks):
        assert slug.isascii()
        assert slug == slug.lower()
        assert len(slug) <= 40


@pytest.mark.parametrize(
    ("given", "phone"),
    [
        ("(11) 91234-5678", "+5511912345678"),
        ("11912345678", "+5511912345678"),
        ("+55 11 91234 5678", "+5511912345678"),
        ("+1 415 555 2671", "+14155552671"),
        ("", None),
        (None, None),
    ],
)
def test_a_phone_number_is_brazilian_unless_it_says_otherwise(given: str | None, phone: str | None) -> None:
    checks = Checks()
    assert checks.phone("phone", given) == phone
    assert reasons(checks) == []


def test_every_problem_is_told_with_its_place_and_code() -> None:
    checks = Checks("input")
    checks.text("name", None, limit=5)
    checks.number("capacity", 7, least=1, most=5)
    checks.duration("warnAfter", timedelta(0), least=timedelta(1), most=timedelta(2))
    with pytest.raises(Invalid) as caught:
        checks.done()
    told = [(problem.field, problem.reason, problem.code) for problem in caught.value.problems]
    assert told == [
        (("input", "name"), "required", ErrorCode.REQUIRED),
        (("input", "capacity"), "bad_number", None),
        (("input", "warnAfter"), "bad_duration", None),
    ]


def test_nothing_noted_is_nothing_raised() -> None:
    Checks().done()
