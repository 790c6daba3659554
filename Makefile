# The commands of the house. `make` alone lists them. Needs Python 3.11+ with venv; everything else goes into .venv.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
UV := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate $(LOCKFLAGS) pyproject.toml

.PHONY: help run test check faults bench bench-live bench-ingest lock schema map clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runtime ## serve a demo property on http://127.0.0.1:8000; Ctrl-C stops it
	@exec $(BIN)/python server.py run

test: .venv/.dev ## run every test; ARGS="-k gate" narrows it down
	@PYTHONDONTWRITEBYTECODE= exec $(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

check: .venv/.dev ## style, types, floors, contract, map and sizes
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python server.py schema --check
	$(BIN)/python -m tests.house.map --check
	$(BIN)/python -m tests.house.life --check
	$(BIN)/python -m pytest tests/house/test_sizes.py tests/house/test_floors.py

FULL = bad_input dispatch flat ledger_history matrix oracle scope sla stock_history
FULL_LIVE = bell board cluster cursor log poison rebuild sharing slow_reader
faults: .venv/.dev ## keep the promises at full counts (hours; goes on where it was cut off); writes docs/promises.md
	@FAULTS=full $(BIN)/python -m pytest tests/faults tests/protocol $(FULL:%=tests/test_%.py) $(FULL_LIVE:%=tests/live/test_%.py) $(ARGS)
	@ORACLE=suite exec $(BIN)/python -m pytest -n 3 --dist worksteal --ignore tests/faults --ignore tests/live $(ARGS)

bench: .venv/.dev ## measure the product beside its peers on a large PostgreSQL (first run half an hour; needs npm for peers)
	@exec $(BIN)/python -m tests.benchmarks.read $(ARGS)

bench-live: .venv/.dev ## measure live delivery beside other servers (three quarters of an hour; needs cc, redis, npm for peers)
	@exec $(BIN)/python -m tests.benchmarks.live $(ARGS)

bench-ingest: .venv/.dev ## measure how many messages of devices a second are kept (three minutes; needs mosquitto)
	@exec $(BIN)/python -m tests.benchmarks.ingest $(ARGS)

lock: .venv/.dev ## write the lock files from pyproject.toml; LOCKFLAGS=--upgrade takes newer versions
	$(UV) --output-file requirements.txt
	$(UV) --all-extras --output-file requirements-all.txt
	$(UV) --all-extras --group dev --output-file requirements-dev.txt

schema: .venv/.runtime ## write the committed contract, schema/schema.graphql
	@mkdir -p var
	$(BIN)/python server.py schema > var/schema.graphql
	@mv var/schema.graphql schema/schema.graphql

map: .venv/.dev ## draw tests/house/MAP.md, and docs/work-order.md from the table of its steps
	$(BIN)/python -m tests.house.map
	$(BIN)/python -m tests.house.life

clean: ## remove .venv, var/ (the demo database) and caches
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamp files: an install happens only when its lock changed.
.venv/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing what the server needs into .venv"
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | $(BIN)/python
	@echo "Installing what the server, tests and checks need into .venv"
	@$(PIP) --requirement requirements-dev.txt
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || { \
		echo "$(PYTHON) not found: install Python 3.11 or newer, or say PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, this is $$($(PYTHON) --version): say PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "'$(PYTHON) -m venv' failed: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }
