"""Words as people look for them."""

import pytest

from api.words import Part, excerpt, fold, singular, terms_of, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Conexão", "conexao"), ("ÀÉÎõÜç", "aeiouc"), ("Straße", "strase"), ("😀 ok", "😀 ok"), ("½", "1")],
)
def test_folding_keeps_every_place(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


def test_words_are_letters_and_digits_alone() -> None:
    assert words_of("Oi, sem_sinal: 5GHz! 'DROP' \"--\0") == {"oi", "sem", "sinal", "5ghz", "drop"}


def test_accents_written_apart_are_the_same_letters() -> None:
    assert words_of("conexa\u0303o") == words_of("conexão") == {"conexao"}


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("conexoes", "conexao"),
        ("sinais", "sinal"),
        ("moveis", "movel"),
        ("lencois", "lencol"),
        ("azuis", "azul"),
        ("ordens", "ordem"),
        # These are no plurals, or their beginning is the singular anyway.
        ("mais", "mais"),
        ("depois", "depois"),
        ("faturas", "faturas"),
        ("luz", "luz"),
    ],
)
def test_irregular_plurals_have_a_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_a_search_is_its_words_each_once_with_their_spellings() -> None:
    assert terms_of('  Conexões "caiu" OR caiu* ') == [("conexoes", "conexao"), ("caiu",), ("or",)]
    assert terms_of("!!! … ") == []


def test_a_word_of_any_length_counts_by_its_beginning() -> None:
    assert {len(word) for word in words_of("a" * 4000)} == {64}


def shown(parts: list[Part]) -> str:
    return "".join(f"[{part.text}]" if part.found else part.text for part in parts)


def test_an_excerpt_shows_the_words_as_they_were_written() -> None:
    assert shown(excerpt("A minha Conexão caiu.", terms_of("conexao cai"))) == "A minha [Conexão] [caiu]."
    assert shown(excerpt("Duas conexões", terms_of("conexão"))) == "Duas [conexões]"
    assert excerpt("Nada disso", terms_of("conexão")) == []
    assert excerpt("Nada disso", []) == []


def test_an_excerpt_of_a_long_line_is_cut_on_both_sides() -> None:
    parts = excerpt("x " * 500 + "achado" + " y" * 500, terms_of("achado"))
    text = "".join(part.text for part in parts)
    assert text.startswith("…")
    assert text.endswith("…")
    assert len(text) < 200
    assert [part.text for part in parts if part.found] == ["achado"]
