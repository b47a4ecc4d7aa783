"""Where settings are read from beside the environment, and what their values have to be like beyond their types.

Each refusal becomes part of one line that names the setting.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from inspect import signature
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import asyncpg
from limits import parse_many
from pydantic import SecretStr
from pydantic_settings import PydanticBaseSettingsSource
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from api.errors import SettingsError

LONGEST: Final = timedelta(days=36_500)
MOST: Final = 2**31 - 1


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `ALIDASH_X` from the file that `ALIDASH_X_FILE` names, for each secret X."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"ALIDASH_{field_name.upper()}_FILE")
        if path is None or field.annotation not in (SecretStr, SecretStr | None):
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"ALIDASH_{field_name.upper()}_FILE: {path} cannot be read ({reason(error)})"
            ) from error

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be used, in the words of the system."""
    return str(error.strerror) if isinstance(error, OSError) else "not UTF-8"


def first_unreadable(environment: Mapping[str, str]) -> str | None:
    """The first of our variables that is not UTF-8: Python keeps such bytes as surrogates, which nothing can write."""
    for name, value in environment.items():
        if name.startswith("ALIDASH_") and any("\ud800" <= character <= "\udfff" for character in value):
            return name
    return None


def require_reason(value: object) -> None:
    """Hold moments within the calendar when they are added to, and numbers within a column. Raises ValueError."""
    if isinstance(value, timedelta) and abs(value) > LONGEST:
        raise ValueError("must be at most a hundred years")
    if isinstance(value, int) and value > MOST:
        raise ValueError(f"must be at most {MOST}")


def require_rates(value: str) -> None:
    """Hold a text to rates such as `10/minute;60/hour`, each of which lets somebody through. Raises ValueError."""
    if any(rate.amount < 1 for rate in parse_many(value)):
        raise ValueError("must allow at least one")


def require_host_and_port(value: str) -> None:
    """Hold a text to `host:port`. Raises ValueError."""
    host, _, port = value.rpartition(":")
    if not host or "/" in host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        raise ValueError(f"{value!r} is not host:port")


def require_zone(value: str) -> None:
    """Hold a text to a name of the time zone database. Raises ValueError."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone") from error


def require_issuer(value: str) -> None:
    """Hold a text to what a provider may call itself: https, or http on this machine. Raises ValueError."""
    parts = urlsplit(value)
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not (parts.scheme == "https" or local) or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address that begins with https://, without ? and #")


def origin(value: str) -> str:
    """An address as browsers name an origin: with neither path nor slash behind it. Raises ValueError."""
    parts, host = urlsplit(value), host_of(value)
    if parts.scheme not in ("http", "https") or not host or value.rstrip("/") != f"{parts.scheme}://{parts.netloc}":
        raise ValueError("must be an address such as https://desk.example, without a path")
    if "@" in parts.netloc or not parts.netloc.isascii() or any(sign.isspace() for sign in parts.netloc):
        raise ValueError("must be a host and a port alone, as browsers write them")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def host_of(url: str) -> str | None:
    """The host of an address whose port is a number. Raises ValueError, which repeats nothing of a password."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("its host or port cannot be read") from None
    return parts.hostname


def require_broker(value: str) -> None:
    """Refuse what no driver of a broker could connect to, without its password. Raises ValueError."""
    _require_beginning(value, "memory://", "redis://", "rediss://", "postgres://", "postgresql://")
    host_of(value)


def require_database(value: str) -> None:
    """Refuse what the database's driver would fail over later, without its password. Raises ValueError."""
    _require_beginning(value, "sqlite+aiosqlite:///", "postgresql+asyncpg://")
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError("its host or port cannot be read") from None
    if url.drivername == "sqlite+aiosqlite":
        if not url.database:
            raise ValueError("must name a file")
        return
    if unknown := set(url.query) - {*signature(asyncpg.connect).parameters, "prepared_statement_cache_size"}:
        hint = " (it calls sslmode `ssl`)" if "sslmode" in unknown else ""
        raise ValueError(f"asyncpg knows no {', '.join(sorted(unknown))}{hint}")


def _require_beginning(value: str, *known: str) -> None:
    if not value.startswith(known):
        raise ValueError(f"must begin with one of {', '.join(known)}")
