# `make demo` and `make test` need Python 3.10 or newer and pip, nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SEED := testdata/seeds/a-dd-rm/Dockerfile
CORPUS ?= ../shared/corpus/files

# Debian's python3 has venv but no ensurepip: pip then installs from outside.
PIP = $(shell $(BIN)/python -m pip --version >/dev/null 2>&1 && echo $(BIN)/python -m pip || echo $(PYTHON) -m pip --python $(BIN)/python)

.PHONY: help demo test lint format bench golden compile dist ci clean

help: ## List the targets.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --clear --without-pip $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/installed

demo: $(VENV)/installed ## Check and fix a Dockerfile of testdata/.
	@echo '$$ dockerlint check $(SEED)'
	@$(BIN)/dockerlint check $(SEED); test $$? -eq 1
	@echo; echo '$$ dockerlint fix $(SEED)'
	@$(BIN)/dockerlint fix $(SEED); test $$? -eq 1
	@set -e; copy=$$(mktemp -d); trap 'rm -rf "$$copy"' EXIT; cp $(SEED) "$$copy/"; \
	 echo; echo '$$ dockerlint fix --write Dockerfile     # on a copy'; \
	 $(BIN)/dockerlint fix --write "$$copy/Dockerfile"; \
	 echo; echo '$$ cat Dockerfile'; cat "$$copy/Dockerfile"; \
	 echo; echo '$$ dockerlint fix Dockerfile'; $(BIN)/dockerlint fix "$$copy/Dockerfile"

test: $(VENV)/installed-dev ## Pass the tests.
	$(BIN)/python -m pytest -n auto --dist loadgroup -q

lint: $(VENV)/installed-dev ## ruff, mypy --strict, import-linter.
	$(BIN)/ruff check .
	$(BIN)/mypy --strict dockerlint
	$(BIN)/lint-imports

format: $(VENV)/installed-dev ## Let ruff repair what it can.
	$(BIN)/ruff check --fix .

bench: $(VENV)/installed-dev ## Us and hadolint over the same files.
	$(BIN)/python benchmarks/run.py

golden: $(VENV)/installed-dev ## Write what is expected of the seeds, and the output in README.md, anew: to be reviewed.
	$(BIN)/python -m tests.golden
	$(BIN)/python -m tests.readme

dist: $(VENV)/installed-dev ## Build the sdist and the wheel.
	$(BIN)/python -m build --quiet

ci: ## What the CI runs.
	bash .ci/run

clean: ## Remove the environment and what tools left.
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
