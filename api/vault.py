"""CPF: found by HMAC, shown by authenticated encryption, masked in lists. Keys never reach the database."""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from validate_docbr import CPF

from api.errors import SettingsError
from api.setting_values import reason
from api.settings import Settings

_NONCE = 12
_KEY = 32


@dataclass(frozen=True)
class Vault:
    """The keys that protect CPFs, and what may be done with them."""

    search_key: bytes
    keys: dict[str, bytes]
    """By id; the first one encrypts, all decrypt."""

    def digest(self, *parts: str) -> str:
        """A keyed digest (HMAC-SHA-256, hex): equal for equal parts, and no help to a guesser without the key."""
        return hmac.new(self.search_key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()

    def audit_digest(self, entry: str) -> str:
        """The digest that chains an audit entry: under the key that finds CPFs, and no digest of anything else."""
        return self.digest("audit entry", entry)

    def seal(self, cpf: str) -> str:
        """Encrypt digits for storage: `<key id>.<base64 of nonce and ciphertext>`."""
        key_id = next(iter(self.keys))
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self.keys[key_id]).encrypt(nonce, cpf.encode(), key_id.encode())
        return f"{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, sealed: str) -> str:
        """The digits again. Raises KeyError when the key is gone, InvalidTag when the text was altered."""
        key_id, _, text = sealed.partition(".")
        raw = base64.urlsafe_b64decode(text)
        return AESGCM(self.keys[key_id]).decrypt(raw[:_NONCE], raw[_NONCE:], key_id.encode()).decode()

    def masked(self, sealed: str) -> str:
        """What lists show: `***.982.247-**`."""
        return mask(self.unseal(sealed))


def mask(cpf: str) -> str:
    """Hide the first three digits and the check digits."""
    return f"***.{cpf[3:6]}.{cpf[6:9]}-**"


def written(cpf: str) -> str:
    """Digits as people write them: `529.982.247-25`."""
    return f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}"


def cpf_digits(text: str) -> str | None:
    """The eleven digits of a valid CPF, formatted or not; None when it is not one (repeated digits are not)."""
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    extra = [character for character in text if not character.isdigit() and character not in ".-/ "]
    return digits if not extra and len(digits) == 11 and CPF().validate(digits) else None


def open_vault(settings: Settings) -> Vault:
    """The vault with the operator's keys; in development keys are made on first run and kept in the data folder.

    Raises SettingsError when a key is malformed.
    """
    if settings.cpf_search_key is None or settings.cpf_keys is None:
        return _development_vault(settings.data / "keys")
    return _vault(settings.cpf_search_key.get_secret_value(), settings.cpf_keys.get_secret_value())


def _vault(search_key: str, keys: str) -> Vault:
    if len(search_key) < _KEY:
        raise SettingsError(f"ALIDASH_CPF_SEARCH_KEY: use at least {_KEY} characters")
    pairs = [pair.partition(":") for pair in keys.split(",") if pair]
    try:
        parsed = {key_id.strip(): base64.b64decode(text.strip(), validate=True) for key_id, _, text in pairs}
    except ValueError as error:
        raise SettingsError("ALIDASH_CPF_KEYS: each key is `id:base64`") from error
    if len(parsed) < len(pairs) or any(not key_id or "." in key_id for key_id in parsed):
        # What is sealed begins with its key's id and a dot.
        raise SettingsError("ALIDASH_CPF_KEYS: each id is there once, and has no dot in it")
    if not parsed or any(len(key) != _KEY for key in parsed.values()):
        raise SettingsError(f"ALIDASH_CPF_KEYS: each key is {_KEY} bytes in base64, after its id and a colon")
    return Vault(search_key.encode(), parsed)


def _development_vault(folder: Path) -> Vault:
    search = _kept(folder / "cpf_search_key", secrets.token_urlsafe(_KEY))
    keys = _kept(folder / "cpf_keys", f"dev1:{base64.b64encode(secrets.token_bytes(_KEY)).decode()}")
    return _vault(search, keys)


def _kept(path: Path, fresh: str) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _name_once(path, fresh)
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"ALIDASH_DATA: {path} can neither be read nor made ({reason(error)})") from error


def _name_once(path: Path, fresh: str) -> None:
    """Write a key, whole before it has its name: processes that start at once agree on one, none reads half."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(fresh)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
