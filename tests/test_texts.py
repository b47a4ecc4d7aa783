"""Every sentence exists in both languages, says the same values, and is used."""

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from api.texts import SENTENCES, Locale, preferred_locale, say
from api.texts.faults import FAULTS
from api.texts.lines import LINES
from api.texts.notices import NOTICES
from api.texts.refusals import REFUSALS
from tests.every import every

ROOT = Path(__file__).parent.parent
TAKES_A_REASON = {
    "NotFound", "Conflict", "Invalid", "Forbidden", "Unauthenticated", "Capacity", "ChatClosed", "DepartmentClosed",
    "IdempotencyMismatch",
    "TooLarge", "Unavailable", "Contention", "StorageFull", "RateLimited", "Resync", "Lagged", "Problem", "AppError",
}  # fmt: skip


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@cache
def sources() -> list[ast.Module]:
    files = [*(ROOT / "api").rglob("*.py"), *(ROOT / "rest_compat").rglob("*.py")]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files if path.parent != ROOT / "api" / "texts"]


def strings(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@cache
def reasons_given() -> set[str]:
    """The first argument of every error, and the second of every fault that a check notes."""
    found: set[str] = set()
    for node in (node for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = {"fault": 1, "_say": 3}.get(name, 0 if name in TAKES_A_REASON else None)
        if place is not None and len(node.args) > place:
            found |= strings(node.args[place])
    return found


@every(list(SENTENCES), str)
def test_both_languages_say_the_same_values(reason: str) -> None:
    portuguese, english = SENTENCES[reason]
    assert placeholders(portuguese) == placeholders(english)
    assert "" not in placeholders(portuguese)


TOMBSTONES = {"erased_name", "erased_line", "restricted_name"}
"""No sentences: they stand where a name and a line were."""


@every([reason for reason in SENTENCES if reason not in TOMBSTONES], str)
def test_sentences_are_whole_and_clean(reason: str) -> None:
    for sentence in SENTENCES[reason]:
        assert sentence == sentence.strip()
        assert "  " not in sentence
        assert sentence[0].isupper() or sentence[0] == "{"
        assert sentence[-1] in ".?…"


def test_every_reason_that_the_code_gives_has_a_sentence() -> None:
    assert len(reasons_given()) > 30
    assert {reason for reason in reasons_given() if re.fullmatch(r"[a-z_]+", reason)} <= set(SENTENCES)


def test_no_sentence_takes_the_place_of_another() -> None:
    assert len(SENTENCES) == len(REFUSALS) + len(FAULTS) + len(LINES) + len(NOTICES)


def test_every_sentence_is_used() -> None:
    used = set().union(*(strings(tree) for tree in sources()))
    assert set(SENTENCES) - used == set()


PANEL = Path(__file__).parent.parent / "web" / "src" / "texts"
UNSEEN = {"openid_unlinked"}
"""What no way back from a provider comes to."""


@pytest.mark.parametrize(("name", "which"), [("pt-BR", 0), ("en", 1)])
def test_the_panel_says_of_a_way_back_what_the_server_would(name: str, which: int) -> None:
    """A redirect carries the reason alone: the sign-in page has the sentence."""
    told = (PANEL / name / "sso.ts").read_text(encoding="utf-8")
    reasons = {reason for reason in SENTENCES if reason.startswith("openid_")} - UNSEEN
    assert len(reasons) == 7
    for reason in reasons:
        assert re.search(rf"{reason}:\s+'{re.escape(SENTENCES[reason][which])}'", told), reason


def test_a_sentence_is_said_in_the_readers_language_with_its_values() -> None:
    assert say("too_long", Locale.PT_BR, limit=3) == "Use no máximo 3 caracteres."
    assert say("too_long", Locale.EN, limit=3) == "Use at most 3 characters."


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, Locale.PT_BR),
        ("", Locale.PT_BR),
        ("en-US,en;q=0.9,pt;q=0.8", Locale.EN),
        ("fr, en", Locale.EN),
        ("PT", Locale.PT_BR),
        ("fr, de", Locale.PT_BR),
        (";;;,,,", Locale.PT_BR),
    ],
)
def test_the_first_language_that_we_speak_is_taken(header: str | None, locale: Locale) -> None:
    assert preferred_locale(header) is locale
