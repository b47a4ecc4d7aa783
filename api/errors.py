"""What can go wrong, as types: each with the code that GraphQL and REST share."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """The closed set of codes that a caller may meet."""

    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    SECOND_FACTOR_NEEDED = "SECOND_FACTOR_NEEDED"
    FORBIDDEN = "FORBIDDEN"
    CONFLICT = "CONFLICT"
    CHAT_CLOSED = "CHAT_CLOSED"
    DEPARTMENT_CLOSED = "DEPARTMENT_CLOSED"
    CAPACITY = "CAPACITY"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    RATE_LIMITED = "RATE_LIMITED"
    PROOF_NEEDED = "PROOF_NEEDED"
    TOO_LARGE = "TOO_LARGE"
    UNAVAILABLE = "UNAVAILABLE"
    STORAGE_FULL = "STORAGE_FULL"
    RESYNC = "RESYNC"
    LAGGED = "LAGGED"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True)
class Problem:
    """One thing that a person can mend: the sentence's key (see api.texts), its values, and the argument at fault."""

    reason: str
    field: tuple[str, ...] = ()
    values: dict[str, object] = dataclasses.field(default_factory=dict)
    code: ErrorCode | None = None


class AppError(Exception):
    """A failure that callers are told about: a code for programs, a sentence for people."""

    code: ClassVar[ErrorCode]

    def __init__(self, reason: str, *, field: tuple[str, ...] = (), **values: object) -> None:
        super().__init__(reason)
        self.problems: tuple[Problem, ...] = (Problem(reason, field, values),)

    @property
    def reason(self) -> str:
        """The key of the first problem's sentence."""
        return self.problems[0].reason


class Invalid(AppError):
    """What was given cannot be accepted as it is; carries every problem found, not only the first."""

    code = ErrorCode.INVALID

    @classmethod
    def of(cls, problems: list[Problem]) -> "Invalid":
        """One error for several problems of one request."""
        error = cls(problems[0].reason)
        error.problems = tuple(problems)
        return error


class NotFound(AppError):
    """Unknown, or not the caller's: the two are never told apart."""

    code = ErrorCode.NOT_FOUND


class Unauthenticated(AppError):
    """Nobody, or nobody any more, stands behind this request."""

    code = ErrorCode.UNAUTHENTICATED


class SecondFactorNeeded(AppError):
    """The password was right; a code has to follow, with `ticket`, which holds for a few minutes."""

    code = ErrorCode.SECOND_FACTOR_NEEDED

    def __init__(self, ticket: str) -> None:
        super().__init__("second_factor_needed")
        self.ticket = ticket


class Forbidden(AppError):
    """Known, but not allowed."""

    code = ErrorCode.FORBIDDEN


class Conflict(AppError):
    """The state has moved on: somebody else was first, or the step is not possible now."""

    code = ErrorCode.CONFLICT


class ChatClosed(AppError):
    """The chat has ended; a new one is needed."""

    code = ErrorCode.CHAT_CLOSED


class DepartmentClosed(AppError):
    """Out of hours: a ticket may be left instead of waiting."""

    code = ErrorCode.DEPARTMENT_CLOSED


class Capacity(AppError):
    """The agent already attends as many chats as their capacity allows."""

    code = ErrorCode.CAPACITY


class IdempotencyMismatch(AppError):
    """The same key was used before for something else."""

    code = ErrorCode.IDEMPOTENCY_MISMATCH


class TooLarge(AppError):
    """More bytes than this door takes."""

    code = ErrorCode.TOO_LARGE


class Unavailable(AppError):
    """A part we depend on is away; trying again soon is right."""

    code = ErrorCode.UNAVAILABLE
    retry_after = timedelta(seconds=2)


class Contention(Unavailable):
    """Two transactions met and this one gave way; it left nothing behind and may be run again."""


class StorageFull(AppError):
    """The disk is full: nothing was written, reading goes on."""

    code = ErrorCode.STORAGE_FULL


class RateLimited(AppError):
    """Too many tries; `retry_after` says when the next one counts."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self, reason: str, *, retry_after: timedelta, field: tuple[str, ...] = (), **values: object) -> None:
        super().__init__(reason, field=field, **values)
        self.retry_after = retry_after


class ProofNeeded(AppError):
    """Many come at once: who comes without an API key has to prove work first."""

    code = ErrorCode.PROOF_NEEDED


class Resync(AppError):
    """The cursor cannot be honoured (too old, or of another database): fetch again and start from there."""

    code = ErrorCode.RESYNC


class Lagged(AppError):
    """The reader was too slow for its buffer: resume from the last cursor it saw."""

    code = ErrorCode.LAGGED


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one line for the operator."""
