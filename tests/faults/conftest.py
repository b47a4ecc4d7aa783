"""Deployments for the fault tests, and two apps of one database that are really served."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.databases import Postgres, Valkey
from tests.faults.deployments import Deployment, a_server, deployed
from tests.running import migrate_now


@pytest.fixture
def clock() -> Clock:
    """The present: these desks are served by processes whose clock is the machine's."""
    return Clock(datetime.now(UTC))


@pytest.fixture(scope="session")
def work_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes of this run keep what they keep."""
    return tmp_path_factory.mktemp("faults")


@pytest.fixture(scope="session")
def pair(work_folder: Path, postgres_server: Postgres) -> Iterator[Deployment]:
    """Two processes on one PostgreSQL and one Valkey, for tests that leave both serving."""
    valkey = Valkey()
    valkey.start()
    try:
        with postgres_server.fresh(migrate_now) as url:
            servers = [a_server(work_folder / name, url, ALIDASH_BROKER_URL=valkey.broker_url) for name in ("a", "b")]
            with deployed(Deployment(url, servers, valkey)) as deployment:
                yield deployment
    finally:
        valkey.stop()


@pytest.fixture
def single(work_folder: Path, sqlite_url: str) -> Deployment:
    """One process on SQLite, not started yet: a test prepares its people first."""
    return Deployment(sqlite_url, [a_server(work_folder / "single", sqlite_url)])
