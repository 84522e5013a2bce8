# Everything sets itself up: `make demo` and `make test` need nothing else typed.
.DEFAULT_GOAL := help
.PHONY: help setup demo up test check bench chaos simulate clean

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080
FAULTS ?= 20
export PORT FAULTS

help: ## show the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the others need (they do it by themselves)
	@$(PYTHON) -m deploy.local.bootstrap

demo: setup ## read a letter (LETTER=path), play its month, serve the console on port 8080 (ONCE=1: only the story)
	@$(BIN)/dondoc demo

up: setup ## run the system, empty, on the real clock (PORT=8080)
	@$(BIN)/dondoc up

test: setup ## run all tests
	@$(BIN)/python -m pytest -n 3 --dist loadfile

check: setup ## lint, formats, types, import contracts, unused code, spelling, templates, contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/vulture services shared deploy tests --min-confidence 80
	$(BIN)/codespell
	$(BIN)/djlint --check --lint services shared
	$(BIN)/python -m shared.schemas check
	$(BIN)/python -m shared.asyncapi check
	$(BIN)/python -m shared.compatibility check

bench: setup ## measure, into build/bench.json
	@$(BIN)/python -m deploy.bench

chaos: setup ## let everything fail in turn, into build/chaos.json (FAULTS=20 SEED=number FACTS=20000)
	@$(BIN)/python -m deploy.chaos

simulate: setup ## play histories of the whole office in memory (HISTORIES=1000000 SEED=number)
	@$(BIN)/python -m deploy.simulation

clean: ## remove what was installed and built
	rm -rf .venv .venv-peers build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
