"""Fails where a lock file names an address: it names versions and hashes, each machine its own registry."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON_LOCKS = ("requirements.lock", "tools/node.lock", "tools/installer.lock")
NPM_LOCKS = ("web/package-lock.json", "widget/package-lock.json")


def problems() -> Iterator[str]:
    for name in PYTHON_LOCKS:
        for number, line in enumerate((ROOT / name).read_text().splitlines(), start=1):
            if re.search(r"https?://|^\s*--(extra-)?index-url|^\s*--find-links", line):
                yield f"{name}:{number}: {line.strip()}"
    for name in NPM_LOCKS:
        for package, entry in json.loads((ROOT / name).read_text())["packages"].items():
            if "resolved" in entry:
                yield f"{name}: {package} has `resolved`, which .npmrc should have left out"
            elif package and "integrity" not in entry:
                yield f"{name}: {package} has no `integrity`"


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or "The lock files hold no addresses.")
    sys.exit(bool(found))
