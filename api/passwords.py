"""Passwords of the staff, and tokens of all kinds."""

import asyncio
import hashlib
import secrets
from enum import StrEnum

from pwdlib import PasswordHash

from api.errors import Invalid

MINIMUM = 12
_COMMON = {
    "password", "senha", "admin", "administrador", "alidash", "provedor", "qwerty", "qwertyuiop", "mudar", "suporte",
    "123456", "1234567890", "abc123", "iloveyou", "brasil", "internet", "welcome", "letmein",
}  # fmt: skip


class Passwords:
    """Argon2id, in threads and few at a time: each takes about 100 ms and 64 MiB."""

    def __init__(self, at_once: int = 2) -> None:
        self._hasher = PasswordHash.recommended()
        self._room = asyncio.Semaphore(at_once)
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        """The hash to store."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether the password is right; takes the same time when there is no such account, or no password yet."""
        async with self._room:
            text = password.encode("utf-8", "replace")  # What cannot be encoded is nobody's password.
            right = await asyncio.to_thread(self._hasher.verify, text, stored or self._decoy)
        return right and bool(stored)


def check_strength(password: str, *personal: str, field: tuple[str, ...]) -> None:
    """Refuse what a guesser tries first: too short, a common word repeated or padded, the person's own name or e-mail.

    Raises Invalid. No rules of composition (NIST SP 800-63B §5.1.1.2).
    """
    if len(password) < MINIMUM:
        raise Invalid("too_short", field=field, limit=MINIMUM)
    if len(password) > 256:
        raise Invalid("too_long", field=field, limit=256)
    if not password.isprintable():
        raise Invalid("unprintable", field=field)
    own = {_letters(part) for text in personal for part in (text, *text.replace("@", " ").split()) if len(part) > 3}
    if _letters(password) in _COMMON | own or len(set(password)) < 5:
        raise Invalid("weak_password", field=field)


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalpha())


def random_password() -> str:
    """A password to be copied or read out: four groups of four."""
    return "-".join(_group(4) for _ in range(4))


def recovery_code() -> str:
    """A code to be printed, and typed once: two groups of five, nearly fifty bits."""
    return "-".join(_group(5) for _ in range(2))


def _group(length: int) -> str:
    """Letters and digits of which none look alike."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(length))


class TokenKind(StrEnum):
    """What a token opens: the prefix that says so to people and to scanners."""

    CHAT = "chat"
    STAFF = "staff"
    COOKIE = "web"
    API_KEY = "key"
    LINK = "link"


def new_token(kind: TokenKind) -> tuple[str, str]:
    """A token of 256 random bits, and the hash to store."""
    token = f"{kind}_{secrets.token_urlsafe(32)}"
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """What is stored instead of a token (it has 256 random bits, so a plain SHA-256 is enough)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
