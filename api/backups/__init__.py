"""A copy of the whole database, taken while the desk is served, and put back under a new epoch."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from api.backups import postgres, sqlite
from api.errors import SettingsError
from api.migrations import knows
from api.settings import Settings


@dataclass(frozen=True)
class Backup:
    """A backup that was taken and read again."""

    path: Path
    size: int
    """Bytes."""
    revision: str
    """The migration that its database stood at."""


def back_up(settings: Settings, target: Path) -> Backup:
    """Copy the database into a new file that only its owner may read; people go on writing meanwhile.

    The file has its name only when it is whole. The keys are no part of it. Raises SettingsError, with what to do.
    """
    with _told():
        if target.exists():
            raise SettingsError(f"{target} is there already; a backup never replaces another")
        if not target.parent.is_dir():
            raise SettingsError(f"{target.parent} is no folder; make it first, for the service alone")
        store = _store(settings)
        store.copy(target)
        return Backup(target, target.stat().st_size, store.revision(target))


def restore(settings: Settings, source: Path) -> str:
    """Put a backup in the place of the database, all or nothing, and say where what it replaced is now.

    The next start writes a new epoch, by which every client learns to read anew. Raises SettingsError when somebody
    uses the database, when the file is no backup of this kind of database, and when a newer program wrote it.
    """
    with _told():
        if not source.is_file():
            raise SettingsError(f"{source} is not there")
        store = _store(settings)
        revision = store.revision(source)
        if not knows(revision):
            raise SettingsError(f"{source} was taken by a newer AliDash (its shape is {revision}); install it first")
        return store.put_back(source)


@contextmanager
def _told() -> Iterator[None]:
    """Say in one line what the disk refused: a name, a folder, its last byte. Raises SettingsError."""
    try:
        yield
    except OSError as error:
        raise SettingsError(f"{error.filename or 'the disk'}: {error.strerror}") from error


def _store(settings: Settings) -> "sqlite.File | postgres.Server":
    url = make_url(settings.database)
    return sqlite.File(url) if url.get_backend_name() == "sqlite" else postgres.Server(url)
