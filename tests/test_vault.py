"""CPF: found by HMAC, sealed by authenticated encryption, masked in lists."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from api.errors import SettingsError
from api.settings import load_settings
from api.vault import Vault, cpf_digits, mask, open_vault
from tests.people import valid_cpf

VAULT = Vault(b"s" * 32, {"new": b"n" * 32, "old": b"o" * 32})
BEFORE = Vault(b"s" * 32, {"old": b"o" * 32})
CPF = "52998224725"


@given(st.integers(1, 999_999_998).map(valid_cpf))
def test_what_is_sealed_is_unsealed_and_never_looks_the_same(cpf: str) -> None:
    one, two = VAULT.seal(cpf), VAULT.seal(cpf)
    assert VAULT.unseal(one) == VAULT.unseal(two) == cpf
    assert one != two
    assert cpf not in one
    assert len(one) <= 128


def test_keys_rotate_the_first_seals_and_all_unseal() -> None:
    old = BEFORE.seal(CPF)
    assert old.startswith("old.")
    assert VAULT.unseal(old) == CPF
    assert VAULT.seal(CPF).startswith("new.")
    with pytest.raises(KeyError):
        BEFORE.unseal(VAULT.seal(CPF))


@given(st.integers(0, 38), st.integers(1, 255))
def test_a_sealed_cpf_that_was_altered_is_refused(place: int, change: int) -> None:
    key_id, _, text = VAULT.seal(CPF).partition(".")
    raw = bytearray(base64.urlsafe_b64decode(text))
    raw[place] ^= change
    with pytest.raises(InvalidTag):
        VAULT.unseal(f"{key_id}.{base64.urlsafe_b64encode(bytes(raw)).decode()}")


def test_a_sealed_cpf_under_another_keys_name_is_refused() -> None:
    both = Vault(b"s" * 32, {"a": b"n" * 32, "b": b"n" * 32})
    with pytest.raises(InvalidTag):
        both.unseal(both.seal(CPF).replace("a.", "b.", 1))


def test_digests_are_equal_for_equal_parts_only() -> None:
    assert VAULT.digest("cpf", CPF) == VAULT.digest("cpf", CPF)
    others = [("cpf", CPF[::-1]), ("cp", "f" + CPF), ("cpf" + CPF,), ("opening", CPF)]
    assert VAULT.digest("cpf", CPF) not in {VAULT.digest(*parts) for parts in others}
    assert VAULT.digest("cpf", CPF) != Vault(b"t" * 32, {}).digest("cpf", CPF)
    assert len(VAULT.digest("cpf", CPF)) == 64


def test_a_mask_shows_the_middle_only() -> None:
    assert VAULT.masked(VAULT.seal(CPF)) == mask(CPF) == "***.982.247-**"


@pytest.mark.parametrize("text", ["52998224725", "529.982.247-25", " 529 982 247 25 ", "529.982.247/25"])
def test_a_cpf_is_taken_as_people_write_it(text: str) -> None:
    assert cpf_digits(text) == CPF


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5299822472",
        "529982247250",
        "52998224726",
        "111.111.111-11",
        "00000000000",
        "529x98224725",
        "५२९९८२२४७२५",
        "\x00",
        "-" * 11,
    ],
)
def test_anything_else_is_no_cpf(text: str) -> None:
    assert cpf_digits(text) is None


@given(st.text(max_size=30))
def test_any_text_is_eleven_digits_or_nothing(text: str) -> None:
    digits = cpf_digits(text)
    assert digits is None or (len(digits) == 11 and digits.isascii() and digits.isdigit())


# Opening


def test_development_makes_its_keys_once_and_keeps_them_private(tmp_path: Path) -> None:
    settings = load_settings(_env_file=None, data=tmp_path)
    first, again = open_vault(settings), open_vault(settings)
    assert first == again
    assert again.unseal(first.seal(CPF)) == CPF
    for name in ("cpf_search_key", "cpf_keys"):
        assert (tmp_path / "keys" / name).stat().st_mode & 0o077 == 0


def test_those_who_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    def opening(folder: Path) -> Vault:
        together.wait()
        return open_vault(load_settings(_env_file=None, data=folder))

    together = Barrier(8)
    with ThreadPoolExecutor(8) as threads:
        for number in range(50):
            folder = tmp_path / str(number)
            vaults = list(threads.map(opening, [folder] * 8))
            assert all(vault == vaults[0] for vault in vaults)
            assert {file.name for file in (folder / "keys").iterdir()} == {"cpf_search_key", "cpf_keys"}


@pytest.mark.parametrize(
    ("search", "keys", "says"),
    [
        ("short", "a:" + base64.b64encode(b"x" * 32).decode(), "ALIDASH_CPF_SEARCH_KEY"),
        ("s" * 32, "a:" + base64.b64encode(b"x" * 31).decode(), "ALIDASH_CPF_KEYS"),
        ("s" * 32, "a:not base64!", "ALIDASH_CPF_KEYS"),
        ("s" * 32, "nothing", "ALIDASH_CPF_KEYS"),
        ("s" * 32, "", "ALIDASH_CPF_KEYS"),
        ("s" * 32, ",", "ALIDASH_CPF_KEYS"),
        # The second of one name would be the one that counts, and what a dotted one sealed is never opened.
        ("s" * 32, "a:{0},a:{0}".format(base64.b64encode(b"x" * 32).decode()), "each id"),
        ("s" * 32, "2026.1:" + base64.b64encode(b"x" * 32).decode(), "each id"),
        ("s" * 32, ":" + base64.b64encode(b"x" * 32).decode(), "each id"),
    ],
)
def test_a_bad_key_is_named_and_not_shown(tmp_path: Path, search: str, keys: str, says: str) -> None:
    settings = load_settings(_env_file=None, data=tmp_path, cpf_search_key=search, cpf_keys=keys)
    with pytest.raises(SettingsError, match=says) as caught:
        open_vault(settings)
    assert "\n" not in str(caught.value)
    assert not keys.strip(",") or keys not in str(caught.value)
