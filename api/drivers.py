"""What drivers raise, in the words that callers understand."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.errors import AppError, Contention, Invalid, SettingsError, StorageFull, Unavailable

log = logging.getLogger(__name__)

_DEADLOCK_OR_SERIALISATION = {"40P01", "40001", "55P03"}
_DISK_FULL = {"53100"}
_UNPRINTABLE = {"22021"}
_OUT_OF_RANGE = {"22000", "22003"}
"""What callers gave does not fit any row: 22000 is the driver's own refusal."""


@contextmanager
def typed_errors() -> Iterator[None]:
    """Turn what a driver raises into what callers understand; anything unknown goes through as it is."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("unavailable") from error
    except UnicodeEncodeError as error:
        raise Invalid("unprintable") from error
    except OverflowError as error:
        raise Invalid("bad_value") from error
    except DBAPIError as error:
        typed = _typed(error)
        if typed is None:
            raise
        log.warning("database: %s", type(error.orig).__name__)
        raise typed from error
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
        log.warning("database: %s", type(error).__name__)
        raise Unavailable("unavailable") from error


@contextmanager
def usable_database() -> Iterator[None]:
    """Say in one line why a database cannot be used at all, as it is opened: that is for an operator to mend.

    Raises SettingsError.
    """
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable, StorageFull) as error:
        raise _unusable(error.__cause__ or error if isinstance(error, AppError) else error) from error
    except DBAPIError as error:
        # A statement that is wrong is our own fault, and keeps its traceback.
        if isinstance(error, ProgrammingError | IntegrityError | DataError | InternalError | NotSupportedError):
            raise
        raise _unusable(error) from error


def _unusable(error: BaseException) -> SettingsError:
    told = error.orig if isinstance(error, DBAPIError) else error
    reason = next(iter(str(told).splitlines()), "") or type(told).__name__
    return SettingsError(f"the database cannot be used: {reason.rpartition('>: ')[2]}")


def _typed(error: DBAPIError) -> AppError | None:
    state = getattr(error.orig, "sqlstate", None)
    message = str(error.orig).lower()
    if state in _DEADLOCK_OR_SERIALISATION or "database is locked" in message:
        return Contention("unavailable")
    if state in _UNPRINTABLE:
        return Invalid("unprintable")
    if state in _OUT_OF_RANGE:
        return Invalid("bad_value")
    if state in _DISK_FULL or "database or disk is full" in message:
        return StorageFull("storage_full")
    if error.connection_invalidated or isinstance(error, InterfaceError) or (state or "").startswith(("08", "57P")):
        return Unavailable("unavailable")
    if isinstance(error, OperationalError) and "unable to open" in message:
        return Unavailable("unavailable")
    return None
