"""Fails where a committed file does not belong: too large, minified, vendored, or naming a machine."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LARGEST = 1024 * 1024
LONGEST_LINE = 2_000
CODE = {".js", ".mjs", ".cjs", ".ts", ".css", ".html", ".svelte", ".svg", ".py"}
NOT_OURS = {"node_modules", "dist", "vendor", "third_party", ".venv", "__pycache__", "site-packages"}
# Written so that this line does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home/[a-z]\w*|Users/\w+)/")


def problems() -> Iterator[str]:
    for name in _committed():
        path = ROOT / name
        if NOT_OURS & set(Path(name).parts):
            yield f"{name}: a folder of built or foreign files"
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        if len(content) > LARGEST:
            yield f"{name}: {len(content):,} bytes; the limit is {LARGEST:,}"
        if b"\0" not in content:
            yield from _problems_in_text(name, content.decode())


def _problems_in_text(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: the path of a machine: {line.strip()[:120]}"
        if len(line) > LONGEST_LINE and Path(name).suffix in CODE:
            yield f"{name}:{number}: a line of {len(line):,} characters, as minified code has"


def _committed() -> list[str]:
    command = ["git", "ls-files", "-z"]
    # The developer's own git, without a shell.
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # nosec B603
    return [name for name in listed.stdout.split("\0") if name]


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or "Every committed file belongs here.")
    sys.exit(bool(found))
