# What one does with this project. Needs Python 3.11 or newer with venv and pip, and make; the rest
# comes from the locks. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The check reads Django's settings, which want a data directory; it must not be the real one.
CHECK_DATA := build/check
DEMO_DATA ?= var/demo
ARGS ?=

.PHONY: help setup demo test check lint types contracts format soak bench docs words pictures lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

demo: .venv/.runtime node_modules/.stamp ## install what running needs, fill a demo, serve it on port 8000
	$(BIN)/zhunsheng --data $(DEMO_DATA) demo $(ARGS)

setup: .venv/.dev node_modules/.stamp ## install everything that development needs

test: setup ## run every test suite and print what each took
	$(BIN)/python tests/run.py $(ARGS)

check: lint types contracts ## lint, types, contracts between the rooms (make -k check: all of them)

lint: setup ## ruff: rules and format
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .

types: setup ## mypy --strict
	ZHUNSHENG_DATA=$(CHECK_DATA) $(BIN)/mypy

contracts: setup ## import-linter: rooms import only from lower floors
	$(BIN)/lint-imports --no-cache

format: setup ## put the code into its standard form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

soak: setup ## the generated tests with 40 times as many examples, different ones each time
	$(BIN)/python -m pytest tests/unit tests/actions --hypothesis-profile soak $(ARGS)
	$(BIN)/python -m pytest tests/acceptance/test_api.py --hypothesis-profile soak

bench: setup ## every benchmark beside its peer at full size (about 25 minutes): make bench ARGS='--scale 0.02'
	$(BIN)/python -m benchmarks.all $(ARGS)

docs: setup ## write docs/reference from the program
	$(BIN)/python tools/reference.py

words: setup ## compile the English translation
	$(BIN)/python tools/words.py

pictures: setup ## take the pictures in docs/pictures again, in a real browser
	$(BIN)/python tools/pictures.py

lock: setup ## resolve the locks again, with hashes and without any address
	$(BIN)/pip-compile $(LOCK) --output-file requirements/build.txt requirements/build.in
	$(BIN)/pip-compile $(LOCK) --all-extras --output-file requirements/dev.txt pyproject.toml
	$(BIN)/pip-compile $(LOCK) --constraint requirements/dev.txt --output-file requirements/runtime.txt pyproject.toml
	$(BIN)/npm install --package-lock-only --ignore-scripts
LOCK := --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	--no-header --strip-extras --allow-unsafe

clean: ## remove what was installed and built; data under var/ stays
	rm -rf .venv node_modules build .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv .venv

# A lock is complete, so pip need not resolve; the project itself is installed in place.
.venv/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes --no-deps -r requirements/build.txt
	$(PIP) install --require-hashes --no-deps -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: requirements/build.txt requirements/dev.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes --no-deps -r requirements/build.txt
	$(PIP) install --require-hashes --no-deps -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@ .venv/.runtime

# npm comes with the build tools' lock; nothing that a package would run at installation is run.
node_modules/.stamp: package.json package-lock.json .npmrc | .venv/bin/python
	test -x $(BIN)/npm || $(PIP) install --require-hashes --no-deps -r requirements/build.txt
	$(BIN)/npm ci --ignore-scripts --loglevel=error
	touch $@
