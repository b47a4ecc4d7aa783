"""CPFs and card numbers that people type into what they write: masked before anything of it is kept."""

import re
from itertools import pairwise

from api.vault import cpf_digits, mask

_RUN = re.compile(r"(?<!\d)\d(?:[ .\-/\u00a0]{0,3}\d){10,}")
"""Eleven digits or more, with no more between them than people put there."""
_GROUP = re.compile(r"\d+")

_CPF = 11
_CPF_BREAKS = {3, 6, 9}
"""After how many digits a CPF may be broken: 529.982.247-25."""

_CARD_GROUP = 4
"""Cards are written in groups of at least so many digits, but for the last: phone numbers begin with two."""
_FIRST_DIGITS = {13: "4", 14: "3", 15: "3"}
_OF_LONGER = "23456"
"""By how many digits a card has, what it begins with (ISO/IEC 7812): CNPJs and phones with 55 are as long."""

_MOST_DIGITS = 19
_BOLETOS = ((5, 5, 5, 6, 5, 6, 1, 14), (10, 11, 11, 1, 14))
"""How the 47 digits of a boleto are grouped, with its points and without."""
_TAX_BILL = (11, 1) * 4
"""And the 48 of a bill of taxes or utilities, which begin with 8."""
_INVOICE_KEY = (4,) * 11
"""And the 44 of an invoice's key (chave de acesso da NF-e)."""

Group = tuple[int, int]


def mask_numbers(text: str) -> str:
    """The text with each CPF as ***.982.247-** and each card number as **** **** **** 1111; all else as it was.

    A CPF has valid check digits and is written as people write one; a card has 13 to 19 digits that pass the Luhn
    check, as issuers number them.
    """
    return _RUN.sub(lambda run: _masked(run.group()), text)


def _masked(run: str) -> str:
    groups = [group.span() for group in _GROUP.finditer(run)]
    parts: list[str] = []
    written = place = 0
    while place < len(groups):
        if spared := _spared_at(run, groups[place : place + len(_INVOICE_KEY)]):
            place += spared
            continue
        taken, instead = _number_at(run, groups[place : place + _MOST_DIGITS])
        if taken:
            parts += run[written : groups[place][0]], instead
            written = groups[place + taken - 1][1]
        place += taken or 1
    return "".join(parts) + run[written:]


def _spared_at(run: str, groups: list[Group]) -> int:
    """How many groups the boleto or key has that begins here: some of them may look like a card, and are none."""
    lengths = tuple(end - start for start, end in groups)
    for shape in _BOLETOS:
        if lengths[: len(shape)] == shape:
            return len(shape)
    digits = _ascii("".join(run[start:end] for start, end in groups))
    if lengths[: len(_TAX_BILL)] == _TAX_BILL and digits[0] == "8":
        return len(_TAX_BILL)
    return len(_INVOICE_KEY) if lengths == _INVOICE_KEY and _is_invoice_key(digits) else 0


def _is_invoice_key(digits: str) -> bool:
    # Its last digit is a check modulo 11 with the weights 2 to 9 from the right (Manual de Orientação do Contribuinte).
    weighed = sum(int(digit) * (2 + place % 8) for place, digit in enumerate(digits[-2::-1]))
    return int(digits[-1]) == (0 if weighed % 11 < 2 else 11 - weighed % 11)


def _number_at(run: str, groups: list[Group]) -> tuple[int, str]:
    """How many groups the CPF or card has that begins here, and what to write instead; (0, "") where none does."""
    digits, ends, card = "", list[int](), (0, "")
    for count, (start, end) in enumerate(groups, 1):
        digits += run[start:end]
        if len(digits) == _CPF and _CPF_BREAKS.issuperset(ends) and (cpf := cpf_digits(_ascii(digits))):
            return count, mask(cpf)
        if len(digits) >= min(_FIRST_DIGITS) and _is_card(_ascii(digits), [*ends, len(digits)]):
            # The longest: of nineteen digits the first sixteen may pass as well, and three would be left.
            card = count, f"**** **** **** {_ascii(digits)[-4:]}"
        ends.append(len(digits))
    return card


def _ascii(digits: str) -> str:
    """Digits of any script in ours."""
    return "".join(str(int(digit)) for digit in digits)


def _is_card(digits: str, ends: list[int]) -> bool:
    if len(digits) > _MOST_DIGITS or digits[0] not in _FIRST_DIGITS.get(len(digits), _OF_LONGER):
        return False
    if any(end - start < _CARD_GROUP for start, end in pairwise([0, *ends[:-1]])):
        return False
    # Luhn: every second digit from the right counts double, and all of them come to a multiple of ten.
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0
