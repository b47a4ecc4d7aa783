"""Prints docs/settings.md, from the settings themselves: `make settings-doc` writes it, a test compares it."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr, TypeAdapter
from pydantic.fields import FieldInfo

from api.settings import Settings

PATH = Path(__file__).parent.parent / "docs" / "settings.md"

INTRODUCTION = """\
# Settings

Read once, when the program starts, from the environment and from a file `.env` in the folder it is started in; the
environment goes first. A name that is not in this table is ignored; a value that cannot be accepted ends the program
with one line that names it. This page is generated from `api/settings.py` (`make settings-doc`).

- **Durations** are ISO 8601, such as `PT10M`, `PT12H` or `P7D`, or `HH:MM:SS`. A bare number is refused.
- **Rates** are `count/unit`, several joined by `;`, such as `10/minute;60/hour`. All of them hold, each process counts
  its own.
- **Lists** are separated by commas.
- **Secrets** may be kept in a file of their own: `ALIDASH_X_FILE`, in the environment and not in `.env`, names the file
  that holds the value of `ALIDASH_X`. A value given directly goes first.

How to make the keys, and what production needs, is in [operations](operations.md#keys)."""

GROUPS = {
    "env": "Where it runs, and on what",
    "cpf_search_key": "Keys",
    "timezone": "Place and language",
    "public_url": "The web around it",
    "session_idle": "Sessions and streams",
    "boost_urgent": "The order of a queue",
    "rate_open": "Limits",
}
"""The first setting of each group, in the order of the class."""


def document() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_tables()])


def _tables() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        if name in GROUPS:
            yield from ("", f"## {GROUPS[name]}", "", "| variable | default | what it does |", "|---|---|---|")
        yield f"| `{variable(name)}` | {_default(field)} | {_description(name, field)} |"
    yield ""


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{Settings.model_config.get('env_prefix', '')}{name}".upper()


def is_secret(field: FieldInfo) -> bool:
    """Whether the value may come from a file of its own."""
    return field.annotation in (SecretStr, SecretStr | None)


def _description(name: str, field: FieldInfo) -> str:
    choices = " or ".join(f"`{choice}`" for choice in get_args(field.annotation) if isinstance(choice, str))
    also = f" {choices}." if choices else ""
    also += f" Secret: also `{variable(name)}_FILE`." if is_secret(field) else ""
    return f"{field.description}{also}".replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    shown = _shown(field.default)
    return f"`{shown}`" if shown else "none"


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return value.get_secret_value()
        case Enum():
            return str(value.value)
        case timedelta():
            return TypeAdapter(timedelta).dump_python(value, mode="json")
        case list():
            return ",".join(value)
        case _:
            return str(value)


if __name__ == "__main__":
    sys.stdout.write(document())
