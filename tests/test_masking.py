"""Which numbers are masked in what people write, and which are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.masking import mask_numbers
from api.vault import mask
from tests.people import valid_cpf

CPF, CARD = "***.982.247-**", "**** **** **** "
BOLETO = "23793.38128 60000.000003 00000.000400 1 84340000010000"
TAX_BILL = "85299822472-5 52998224725-1 00000000000-0 00000000000-0"
"""Its second field has the check digits of a CPF."""
INVOICE_KEY = "3519 0812 3456 4111 1111 1111 1111 3456 7890 1234 5676"
"""With a card's number in it."""

cpfs = st.integers(0, 999_999_999).map(valid_cpf).filter(lambda cpf: len(set(cpf)) > 1)
words = st.text(st.characters(exclude_categories=("Nd", "Cs"), exclude_characters=" .-/\u00a0"))


def with_luhn(digits: str) -> str:
    """These digits with the check digit that makes a card number of them."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    return digits + str(-(doubled + sum(int(digit) for digit in digits[-2::-2])) % 10)


cards = st.builds(
    lambda first, rest: with_luhn(first + rest),
    st.sampled_from("23456"),
    st.text("0123456789", min_size=14, max_size=17),
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("52998224725", CPF),
        ("529.982.247-25", CPF),
        ("529 982 247 25", CPF),
        ("529982247-25", CPF),
        ("529.982.247/25", CPF),
        ("529.982.247 - 25", CPF),
        ("meu cpf:52998224725, nasci em 1980", f"meu cpf:{CPF}, nasci em 1980"),
        ("52998224725 11144477735", f"{CPF} ***.444.777-**"),
        ("52998224725 4111111111111111", f"{CPF} {CARD}1111"),
        ("1) 529.982.247-25\n2) 111.444.777-35", f"1) {CPF}\n2) ***.444.777-**"),
        ("5 529.982.247-25", f"5 {CPF}"),
        ("٥٢٩٩٨٢٢٤٧٢٥", CPF),
        ("4111111111111111", f"{CARD}1111"),
        ("4111 1111 1111 1111 12/28 123", f"{CARD}1111 12/28 123"),
        ("4111-1111-1111-1111", f"{CARD}1111"),
        ("3782 822463 10005", f"{CARD}0005"),
        ("3056 930902 5904", f"{CARD}5904"),
        ("4222222222222", f"{CARD}2222"),
        ("5555555555554444", f"{CARD}4444"),
        ("6062 8288 8866 6688", f"{CARD}6688"),
        ("6304 0000 0000 0000 000", f"{CARD}0000"),
        (
            "529.982.247-25 4111 1111 1111 1111 12/28 123 11987654321",
            f"{CPF} {CARD}1111 12/28 123 11987654321",
        ),
        ("4111 1111 1111 1111 5555 5555 5555 4444 52998224725", f"{CARD}1111 {CARD}4444 {CPF}"),
        (f"{BOLETO} 4111 1111 1111 1111", f"{BOLETO} {CARD}1111"),
        (f"529.982.247-25 {INVOICE_KEY}", f"{CPF} {INVOICE_KEY}"),
    ],
)
def test_cpfs_and_cards_are_masked_however_they_are_written(said: str, kept: str) -> None:
    assert mask_numbers(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Sem sinal desde ontem",
        "529.982.247-26",
        "111.111.111-11",
        "5299822472",
        "529982247250",
        "(11) 98765-4321",
        "+55 11 98765-4321 ou 11 3456-7890",
        "20261123-000001",
        "11.222.333/0001-81",
        "4111111111111112",
        # Passes the Luhn check, and no card has thirteen digits and begins with 5: a phone number.
        with_luhn("551198765432"),
        "192.168.100.1 e 10.0.0.1",
        BOLETO,
        BOLETO.replace(".", ""),
        TAX_BILL,
        INVOICE_KEY,
        "52998224725411111111111111112345",
    ],
)
def test_other_numbers_are_left_as_they_were_written(said: str) -> None:
    assert mask_numbers(said) == said


@given(words, cpfs, words, st.sampled_from(["{}", "written"]))
def test_no_cpf_is_kept_whatever_stands_around_it(before: str, cpf: str, after: str, form: str) -> None:
    shown = f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}" if form == "written" else cpf
    assert mask_numbers(f"{before}{shown}{after}") == f"{before}{mask(cpf)}{after}"


@given(words, cards, words, st.sampled_from(["", " ", "-"]))
def test_of_a_card_only_the_last_four_digits_are_kept(before: str, card: str, after: str, between: str) -> None:
    # A last group of any length, as 4-4-4-4-3 has one.
    shown = between.join(card[place : place + 4] for place in range(0, len(card), 4))
    kept = mask_numbers(f"{before}{shown}{after}")
    assert kept == f"{before}{CARD}{card[-4:]}{after}"


@given(st.lists(st.one_of(cpfs, cards), min_size=2, max_size=12), st.sampled_from([" ", " - ", "/", "."]))
def test_each_number_of_a_line_is_masked(numbers: list[str], between: str) -> None:
    kept = mask_numbers(between.join(numbers))
    assert kept == between.join(mask(number) if len(number) == 11 else f"{CARD}{number[-4:]}" for number in numbers)


@given(st.text())
def test_what_holds_no_eleven_digits_comes_back_as_it_was(text: str) -> None:
    if sum(character.isdecimal() for character in text) < 11:
        assert mask_numbers(text) == text


@given(st.text("0123456789 .-/", max_size=400))
def test_masking_ends_and_never_makes_up_digits(text: str) -> None:
    kept = mask_numbers(text)
    assert sum(map(str.isdigit, kept)) <= sum(map(str.isdigit, text))
