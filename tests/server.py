"""A real server for tests: the program itself, in a process of its own, that can be killed and started again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx

ROOT = Path(__file__).parent.parent
STARTS_WITHIN = 60.0


@dataclass
class Server:
    """`alidash serve` on one database; it keeps its port when it is started again."""

    folder: Path
    database_url: str
    port: int = 0
    password: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    _process: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://localhost:{self.port}"

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and return when it answers."""
        command = [sys.executable, "-W", "error", "-m", "api", "serve", "--port", str(self.port)]
        self.run(command, self._settings())

    def command(self, *arguments: str) -> str:
        """Run one of the program's commands with the same settings, and return what it prints. Fails when it does."""
        command = [sys.executable, "-W", "error", "-m", "api", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self._settings(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def _settings(self) -> dict[str, str]:
        # Nobody else asks for a program under test, so it need not linger.
        environment = os.environ | {"ALIDASH_DRAIN": "PT0S"} | self.environment
        return environment | {"ALIDASH_DATA": str(self.folder), "ALIDASH_DATABASE_URL": self.database_url}

    def run(self, command: list[str], environment: dict[str, str]) -> None:
        """Start a command that serves, and return when it answers."""
        with (self.folder / "server.log").open("a") as errors:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        self._read_announcement()
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL, nothing said, nothing flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator would."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.communicate(timeout=30)
            self._process = None

    def _read_announcement(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.strip():
                return
            if found := re.search(r"serves at http://localhost:(\d+)", line):
                self.port = int(found[1])
            if found := re.search(r"Sign in:\s+\S+\s+(\S+)", line):
                self.password = found[1]
        raise AssertionError(f"the server did not start:\n{(self.folder / 'server.log').read_text()}")

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")


@contextmanager
def serving(folder: Path, database_url: str, **environment: str) -> Iterator[Server]:
    """A started server for the length of the block."""
    server = Server(folder, database_url, environment=environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()


# The demo draws from `random`; with a seed each run shows much the same day.
DEMO = "import random; random.seed(2026); from api.cli import main; main()"


@contextmanager
def serving_demo(folder: Path) -> Iterator[Server]:
    """`alidash demo` on a free port, once it has lived its day; everybody in it has the server's password."""
    server = Server(folder, "")
    environment = os.environ | {"ALIDASH_DATA": str(folder), "ALIDASH_ENV": "development", "ALIDASH_DRAIN": "PT0S"}
    try:
        server.run([sys.executable, "-c", DEMO, "demo", "--port", "0"], environment)
        yield server
    finally:
        server.stop()
