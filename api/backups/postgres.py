"""PostgreSQL: its own `pg_dump`, `pg_restore` and `psql` do the work, told where by their environment."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL

from api.errors import SettingsError

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
CLEAR = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', found.tablename);
  END LOOP;
END $$
"""
NEW_EPOCH = "DELETE FROM public.properties WHERE name = 'epoch'"
PLAIN = ("--no-owner", "--no-privileges")
"""Whoever restores owns what is restored: another server need not know the same roles."""


class Server:
    """The database of several processes."""

    def __init__(self, url: URL) -> None:
        host = url.host or url.query.get("host")
        given = {
            "PGHOST": host,
            "PGPORT": url.port or url.query.get("port"),
            "PGUSER": url.username,
            # Never among the arguments, which everybody on the machine can list.
            "PGPASSWORD": url.password,
            "PGDATABASE": url.database,
            "PGSSLMODE": url.query.get("ssl") or url.query.get("sslmode"),
        }
        self._environment = os.environ | {name: str(value) for name, value in given.items() if value}

    def copy(self, target: Path) -> None:
        """Dump what is committed at this moment, compressed."""
        draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            self._run("pg_dump", "--format=custom", *PLAIN, f"--file={draft}")
            os.link(draft, target)
        finally:
            draft.unlink(missing_ok=True)

    def revision(self, backup: Path) -> str:
        """Read which migration a dump stands at. Raises SettingsError when it is no dump of ours."""
        rows = self._run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(backup))
        lines = rows.splitlines()
        begin = next(
            (number for number, line in enumerate(lines) if line.startswith("COPY public.alembic_version")), -1
        )
        if begin < 0 or lines[begin + 1] == "\\.":
            raise SettingsError(f"{backup} is no backup of AliDash on PostgreSQL")
        return lines[begin + 1]

    def put_back(self, source: Path) -> str:
        """Replace every table in one transaction: a dump that fails half way has changed nothing."""
        others = int(self._run("psql", "--no-psqlrc", "--tuples-only", "--command", OTHERS))
        if others:
            raise SettingsError(f"the database is in use ({others} connections); stop AliDash everywhere first")
        with TemporaryDirectory() as folder:
            script = Path(folder) / "restore.sql"
            self._run("pg_restore", *PLAIN, f"--file={script}", str(source))
            steps = ("--command", CLEAR, "--file", str(script), "--command", NEW_EPOCH)
            self._run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *steps)
        return "what was there before is gone, other than from a backup of it"

    def _run(self, program: str, *arguments: str) -> str:
        path = shutil.which(program, path=self._environment.get("PATH"))
        if path is None:
            raise SettingsError(f"{program} is not installed; it comes with PostgreSQL's client programs")
        command = [path, "--no-password", *arguments]
        done = subprocess.run(  # noqa: S603 # nosec B603 # no shell, and a program of PostgreSQL's
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SettingsError(f"{program}: {' '.join(done.stderr.split()) or f'it ended with {done.returncode}'}")
        return done.stdout
