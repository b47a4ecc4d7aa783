# What people and CI run. Needs make and Python 3.11 or newer; Node.js comes as a Python package where it is missing.
# `make help` lists the targets. ARGS is handed on: make run ARGS="--port 9000", make test-python ARGS="-k chats".

VENV := .venv
PY := $(VENV)/bin/python
WORKERS ?= logical
ARGS ?=

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup front-ends node-modules run demo test test-all test-python test-browser test-web test-widget lint format types build size locks \
	faults repository check lock settings-doc screenshots clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Make .venv with exactly the locked packages, and AliDash itself.

$(VENV)/.installed: pyproject.toml requirements.lock tools/node.lock tools/installer.lock tools/setup.sh
	bash tools/setup.sh $(VENV)
	@touch $@

front-ends: setup ## Build web/ and widget/ where they changed.
	$(PY) hatch_build.py

node-modules: setup
	$(PY) hatch_build.py install

run: front-ends ## Serve AliDash.
	$(VENV)/bin/alidash serve $(ARGS)

demo: front-ends ## Serve AliDash with sample data and people who chat.
	$(VENV)/bin/alidash demo $(ARGS)

test: front-ends test-web test-widget ## Run what is run every day: without browser, faults, slow tests, PostgreSQL.
	$(PY) -m pytest -n $(WORKERS) --everyday $(ARGS)

test-all: test-python test-browser test-web test-widget ## Run every test, on both databases.

test-python: front-ends
	$(PY) -m pytest -n $(WORKERS) --ignore tests/browser $(ARGS)

test-browser: front-ends ## Walk through the screens in Chromium.
	$(PY) -m pytest -n $(WORKERS) tests/browser $(ARGS)

faults: setup ## Kill, freeze and fill what AliDash runs on; ARGS="--long 10" does so ten times longer.
	$(PY) -m pytest tests/faults $(ARGS)

test-web: node-modules
	npm --prefix web test

test-widget: node-modules
	npm --prefix widget test

lint: node-modules ## Check the format and look for likely mistakes.
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(PY) -m bandit --quiet --configfile pyproject.toml --recursive api rest_compat tools hatch_build.py
	$(PY) -m bandit --quiet --skip B311 --recursive api/demo
	npm --prefix web run --if-present format:check
	npm --prefix web run --if-present lint
	npm --prefix widget run --if-present format:check
	npm --prefix widget run --if-present lint

format: node-modules ## Format the code and mend what can be mended safely.
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .
	npm --prefix web run --if-present format
	npm --prefix widget run --if-present format

types: node-modules ## Check the types, and every GraphQL document against schema.graphql.
	$(VENV)/bin/pyright
	npm --prefix web run check
	npm --prefix web run check:graphql
	npm --prefix widget run check

build: front-ends ## Make the sdist and the wheel in dist/.
	rm -rf dist
	$(PY) -m hatchling build
	$(PY) tools/check_wheel.py dist

size: front-ends ## Hold the built front ends to their size limits.
	npm --prefix web run size
	npm --prefix widget run size

locks: setup
	$(PY) tools/check_locks.py

repository: setup
	$(PY) tools/check_repository.py

check: locks repository lint types build test-all size ## All that CI runs, with whatever browser there is.

lock: setup ## Choose versions anew and write the Python lock files; ARGS="--upgrade" takes the newest.
	bash tools/lock.sh $(ARGS)

settings-doc: setup ## Write docs/settings.md anew from api/settings.py.
	$(PY) -m tools.settings_doc > docs/settings.md

screenshots: front-ends ## Take the pictures of docs/images anew; needs Chromium.
	$(PY) -m tools.screenshots

clean: ## Remove what was built; .venv and node_modules stay.
	rm -rf dist web/dist widget/dist web/.build-digest widget/.build-digest .pytest_cache .ruff_cache .hypothesis
