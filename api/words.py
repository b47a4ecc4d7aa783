"""Words as people look for them: without accents or case, Portuguese plurals beside their singulars."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 64
"""Characters of a word that count; what is longer is a key or a picture in letters, not a word."""
_AROUND = 60
"""Characters of an excerpt on each side of the first word found."""

# The plurals of RSLP (Orengo and Huyck, "A Stemming Algorithm for the Portuguese Language", 2001) whose singular is not
# simply their beginning; those, such as `faturas`, are found by their beginning anyway.
_PLURALS = (("oes", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("ois", "ol"), ("uis", "ul"), ("ns", "m"))
_NO_PLURALS = frozenset({"mais", "demais", "jamais", "pais", "seis", "reis", "dois", "depois", "pois"})


def fold(text: str) -> str:
    """Text without accents and case, a character for each of its own, so that places in it stay the same."""
    return "".join(map(_fold, text))


@cache
def _fold(char: str) -> str:
    return unicodedata.normalize("NFKD", char)[0].casefold()[0]


def words_of(text: str) -> set[str]:
    """The words of a text, folded; with an irregular plural also its singular."""
    found = {word[:_LONGEST] for word in _WORD.findall(fold(unicodedata.normalize("NFC", text)))}
    return found | {singular(word) for word in found}


def terms_of(search: str) -> list[tuple[str, ...]]:
    """What somebody looks for: for each word that they typed, its spellings, any of which will do."""
    typed = dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(fold(unicodedata.normalize("NFC", search))))
    return [tuple(dict.fromkeys((word, singular(word)))) for word in typed]


def singular(word: str) -> str:
    """The singular of a folded irregular plural; any other word is itself."""
    if len(word) > 4 and word not in _NO_PLURALS:
        for plural, one in _PLURALS:
            if word.endswith(plural):
                return word[: -len(plural)] + one
    return word


@dataclass(frozen=True)
class Part:
    """A piece of an excerpt, and whether it is one of the words looked for."""

    text: str
    found: bool


def marks(text: str, terms: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Where in a text words stand that begin with one of the terms."""
    spellings = tuple(spelling for term in terms for spelling in term)
    if not spellings:
        return []
    return [
        match.span()
        for match in _WORD.finditer(fold(text))
        if match[0].startswith(spellings) or singular(match[0]).startswith(spellings)
    ]


def excerpt(text: str, terms: Sequence[tuple[str, ...]]) -> list[Part]:
    """What stands around the first of the words looked for; nothing when none of them is there."""
    text = unicodedata.normalize("NFC", text)
    found = marks(text, terms)
    if not found:
        return []
    first = found[0][0]
    begin, end = max(0, first - _AROUND), min(len(text), first + 2 * _AROUND)
    parts, at = [Part("…", found=False)] if begin else [], begin
    for start, stop in found:
        if stop > end:
            break
        parts += [Part(text[at:start], found=False), Part(text[start:stop], found=True)]
        at = stop
    parts += [Part(text[at:end], found=False), Part("…" if end < len(text) else "", found=False)]
    return [part for part in parts if part.text]
