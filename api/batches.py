"""Transactions on SQLite that run from begin to commit in one go."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.exc import OperationalError

from api.engines import sqlite_batch

R = TypeVar("R")


class SqliteBatches:
    """The two ways to run them; whoever calls sees to it that only one is under way."""

    def __init__(self, url: URL) -> None:
        self._patient = sqlite_batch(url)
        self._hasty = sqlite_batch(url, "PRAGMA busy_timeout=0")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite batch")
        self.engines = [self._patient, self._hasty]

    async def on_thread(self, work: Callable[[Connection], R]) -> R:
        """Do `work` and commit, on a thread: for what may take its time, or wait for another process."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._from_begin_to_commit, work)

    async def at_once(self, work: Callable[[Connection], R]) -> R:
        """Do `work` right here, and only the commit on a thread: for a few statements that indexes serve.

        A thread that runs statements beside the loop hands the interpreter's lock to and fro with it, several times a
        statement, which costs more than the statements. The commit waits for the disk, and nobody waits for it.
        """
        with self._hasty.connect() as connection:
            try:
                transaction = connection.begin()
            except OperationalError as error:
                if not _is_busy(error):
                    raise
            else:
                with transaction:
                    result = work(connection)
                    await asyncio.get_running_loop().run_in_executor(self._thread, transaction.commit)
                return result
        # Another process writes at this moment, and the loop must not wait for it.
        return await self.on_thread(work)

    def close(self) -> None:
        """Let go of the connections, after what is under way."""
        self._thread.shutdown()
        for engine in self.engines:
            engine.dispose()

    def _from_begin_to_commit(self, work: Callable[[Connection], R]) -> R:
        with self._patient.begin() as connection:
            return work(connection)


def _is_busy(error: OperationalError) -> bool:
    return isinstance(error.orig, sqlite3.OperationalError) and error.orig.sqlite_errorcode == sqlite3.SQLITE_BUSY
