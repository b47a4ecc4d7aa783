#!/usr/bin/env bash
# Makes the virtual environment that the Makefile works with: `tools/setup.sh .venv`.
set -euo pipefail
cd "$(dirname "$0")/.."
venv="${1:-.venv}"

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "AliDash needs Python 3.11 or newer, and none was found; PYTHON=/path/to/python makes a choice." >&2
    return 1
}

by_pip() {
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

# uv installs in seconds what takes pip a minute. A machine whose registry only pip knows of still has pip.
install() {
    uv="$(command -v uv || echo "$venv/bin/uv")"
    test -x "$uv" || by_pip --require-hashes -r tools/installer.lock || true
    if [ -x "$uv" ]; then
        "$uv" pip install --quiet --python "$venv/bin/python" "$@" && return
    fi
    by_pip "$@"
}

if ! is_new_enough "$venv/bin/python"; then
    python="$(find_python)"
    echo "Making $venv with $("$python" --version) ..."
    if command -v uv >/dev/null; then
        uv venv --quiet --clear --python "$python" "$venv"
    else
        "$python" -m venv --clear "$venv"
    fi
fi

echo "Installing the locked packages ..."
install --require-hashes -r requirements.lock

if ! "$venv/bin/python" hatch_build.py check-node; then
    echo "Installing Node.js as a Python package, since the machine has none that will do ..."
    install --require-hashes -r tools/node.lock
    "$venv/bin/python" hatch_build.py link-node "$venv/bin"
fi

# The front ends are left to `make front-ends`, which shows what npm says.
ALIDASH_SKIP_FRONT_ENDS=1 install --no-deps --editable .
