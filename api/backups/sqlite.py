"""SQLite: the copy is made by SQLite itself, which knows what is still in the `-wal` beside the file."""

import logging
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL

from api.errors import SettingsError

log = logging.getLogger(__name__)


class File:
    """The database of one process."""

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise SettingsError("a database in memory has no backups")
        self._path = Path(url.database)

    def copy(self, target: Path) -> None:
        """Copy what is committed at this moment; those who write are not held up."""
        if not self._path.is_file():
            raise SettingsError(f"{self._path} is not there: nothing to back up")
        with _draft(target) as draft:
            _copy(self._path, draft)
            # A name is given once: of two at the same moment one is told so.
            os.link(draft, target)
        _sync(target.parent)

    def revision(self, backup: Path) -> str:
        """Read all of a backup. Raises SettingsError when it is no database of ours, or not whole."""
        try:
            with closing(_read(backup)) as database:
                (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
                (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        except (sqlite3.DatabaseError, TypeError) as error:
            raise SettingsError(f"{backup} is no backup of AliDash on SQLite") from error
        if verdict != "ok":
            raise SettingsError(f"{backup} is damaged: {verdict}")
        return revision

    def put_back(self, source: Path) -> str:
        """Swap the files; a power cut leaves either the one or the other."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _draft(self._path) as draft:
            _copy(source, draft)
            with closing(sqlite3.connect(draft)) as database, database:
                database.execute("DELETE FROM properties WHERE name = 'epoch'")
            kept = self._keep()
            draft.replace(self._path)
        _sync(self._path.parent)
        return f"what was there before is {kept}" if kept else "there was no database before"

    def _keep(self) -> Path | None:
        """Give the database that is to be replaced a second name, once nobody has it open."""
        if not self._path.exists():
            return None
        with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as database:
            try:
                # Leaving WAL needs the file for oneself, and takes the `-wal` and `-shm` away.
                database.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                raise SettingsError(f"{self._path} is in use; stop AliDash first") from error
            except sqlite3.DatabaseError as error:
                # It is broken, which may be why it is replaced.
                log.warning("backup: what is replaced is damaged (%s)", type(error).__name__)
        kept = self._path.with_name(f"{self._path.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
        os.link(self._path, kept)
        for suffix in ("-wal", "-shm"):
            # Left beside a broken one, SQLite would play it into the backup.
            with suppress(FileNotFoundError):
                self._path.with_name(self._path.name + suffix).rename(kept.with_name(kept.name + suffix))
        return kept


@contextmanager
def _draft(beside: Path) -> Iterator[Path]:
    """A file for its owner alone, in the same folder, that is gone at the end unless it was renamed."""
    draft = beside.with_name(f".{beside.name}.{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    # Not VACUUM INTO: it numbers rows anew, and the search finds its texts by those numbers.
    try:
        with closing(_read(source)) as database, closing(sqlite3.connect(target)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise SettingsError(f"{source} could not be copied: {error}") from error
    _sync(target)


def _read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
