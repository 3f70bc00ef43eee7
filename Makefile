# Open Door. `make help` lists what there is; `make run` and `make test` are all a newcomer needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run run-full test bench check lint types screenshots lighthouse frontend translations lock browser servers pango clean

# The first Python on this machine that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
LOCKS := deploy/requirements
READY := $(VENV)/ready-to-run
READY_DEV := $(VENV)/ready-to-test

help: ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: $(READY) ## Start everything on http://127.0.0.1:8000, with a demo exercise the first time
	@exec $(VENV)/bin/python -m services

run-full: $(READY_DEV) servers ## The same on Apache Kafka, PostgreSQL and an S3 server of its own (needs Java 17, Maven)
	@exec $(VENV)/bin/python -m deploy.run_full

test: $(READY_DEV) browser servers pango ## Set up and run every test
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile --durations=15

check: $(READY_DEV) pango lint types ## The fast checks: style, types, and every test that needs no browser and no processes
	@$(VENV)/bin/python -m pytest -q -m "not slow"

lint: $(READY_DEV) ## Style
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .

types: $(READY_DEV) ## Types
	@$(VENV)/bin/mypy

bench: $(READY_DEV) ## Measure in one run, each figure beside its floor, and write bench-results.json
	@$(VENV)/bin/python -m tests.bench

screenshots: $(READY_DEV) browser ## Write a picture of every main page to ./screenshots
	@$(VENV)/bin/python -m tests.browser.screenshots

lighthouse: $(READY_DEV) browser ## Let Lighthouse judge sign-in, the form on a phone and the receipt (needs Node; on a quiet machine)
	@cd deploy/lighthouse && npm ci --silent --ignore-scripts
	@$(VENV)/bin/python -m tests.browser.lighthouse

frontend: ## Build the style sheet again (needs Node; the built file is committed)
	@cd deploy/frontend && npm ci --no-audit --no-fund && npm run build

translations: $(READY_DEV) ## Find every sentence of the volunteer's pages, update the catalogues and compile them
	@$(VENV)/bin/python -m deploy.translations

lock: $(READY_DEV) ## Choose the newest versions that fit, and write them down with their hashes
	@cd $(LOCKS) && for name in run scale dev; do ../../$(VENV)/bin/pip-compile -q --upgrade --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --strip-extras \
		--allow-unsafe --no-header --no-annotate --output-file $$name.lock $$name.in; done

browser:
	@bash deploy/need-chromium

servers:
	@bash deploy/need-servers

pango: $(READY_DEV)
	@bash deploy/need-pango $(VENV)/bin/python

clean: ## Remove what was set up (never the data folder)
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Open Door needs Python 3.11 or newer; $$(python3 --version 2>/dev/null || echo 'no Python') was found." >&2; exit 2; fi
	@$(PYTHON) -m venv $(VENV) || { echo "This Python cannot make environments: install its venv package (Debian: apt-get install python3-venv)." >&2; exit 2; }

$(READY): $(LOCKS)/run.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (once) ..."
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $(LOCKS)/run.lock
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(READY_DEV): $(LOCKS)/dev.lock $(READY)
	@echo "Setting up what the tests need (once) ..."
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $(LOCKS)/dev.lock
	@touch $@
