"""Fields that say what they are, in both languages; openapi.py picks the reader's."""

import uuid
from typing import Annotated, Any, Final

from pydantic import Field

SAID: Final = "x-said"
BLANK: Final = "x-blank"
"""Marks a field whose blank is the same as null, as forms send it."""

LINE: Final = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
"""Text without control characters."""
WORDS: Final = rf"{LINE[:-1]}[^\u0000-\u001f\u007f\s]{LINE[1:]}"
"""The same, and not blank."""
SLUG_OR_ID: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def said(portuguese: str, english: str, example: Any = None, **schema: Any) -> Any:
    """A field with its description, an example, and what its JSON Schema says beyond its type.

    What the schema says is for readers: the use cases hold the rules.
    """
    extra: dict[str, Any] = {SAID: [portuguese, english]} | schema
    return Field(json_schema_extra=extra if example is None else extra | {"examples": [example]})


EXAMPLE_DEPARTMENT: Final = "0197a2b4-5c11-7c3e-9d2f-4b8f6f0a1c33"
EXAMPLE_CHAT: Final = "0197a2b4-6d20-7f11-8a77-0c5d2e9b4f10"
EXAMPLE_MESSAGE: Final = "0197a2b4-6d21-7a3c-9b10-5e8d7c6b5a49"
EXAMPLE_CUSTOMER: Final = "0197a2b4-6c10-7d2e-8b33-4a5b6c7d8e9f"
EXAMPLE_USER: Final = "0197a2b4-5d02-7b1e-8c44-1f2e3d4c5b6a"

ChatId = Annotated[uuid.UUID, said("Identificador do chat.", "The chat's identifier.", EXAMPLE_CHAT)]
Protocol = Annotated[str, said("Protocolo, para ditar.", "Protocol, to read out.", "20260302-000042")]
Position = Annotated[int | None, said("Lugar na fila; null fora dela.", "Place in the queue; null outside it.", 4)]
EstimatedWait = Annotated[
    int | None,
    said(
        "Espera provável em segundos, pelo lado cauteloso; null sem dados bastantes.",
        "Likely wait in seconds, on the cautious side; null without enough data.",
        240,
    ),
]
DepartmentName = Annotated[str, said("Slug do setor.", "The department's slug.", "tecnico")]
CustomerName = Annotated[str, said("Nome do cliente.", "The customer's name.", "Maria Souza")]
