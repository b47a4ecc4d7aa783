"""Fails where the sdist or the wheel in a folder lacks a part: `check_wheel.py dist`."""

import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

IN_WHEEL = (
    "api/app.py",
    "api/migrations/env.py",
    "rest_compat/routes.py",
    "api/assets/web/",
    "api/assets/widget/alidash.js",
    "api/assets/widget/alidash-proof.js",
)
NOT_IN_WHEEL = ("tests/", "web/", "widget/", "tools/")
IN_SDIST = ("api/app.py", "hatch_build.py", "web/package-lock.json", "widget/package-lock.json", "tests/")


def problems(folder: Path) -> Iterator[str]:
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    yield from _missing(wheel.name, names, IN_WHEEL)
    yield from (f"{wheel.name} holds {name}" for name in names if name.startswith(NOT_IN_WHEEL))
    with tarfile.open(sdist) as archive:
        # The first part of each name is that of the sdist itself.
        yield from _missing(sdist.name, [name.partition("/")[2] for name in archive.getnames()], IN_SDIST)


def _missing(archive: str, names: list[str], wanted: tuple[str, ...]) -> Iterator[str]:
    for part in wanted:
        if not any(name.startswith(part) for name in names):
            yield f"{archive} lacks {part}"


if __name__ == "__main__":
    found = list(problems(Path(sys.argv[1])))
    print("\n".join(found) or "The sdist and the wheel are complete.")
    sys.exit(bool(found))
