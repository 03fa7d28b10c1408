# Two commands matter: `make demo` and `make test`. Each is complete on a fresh machine with
# Python >= 3.11 and make, and leaves `.venv/bin/sedno` behind.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
OUT := out

# Stamps remember what was installed from which pyproject.toml, so that a second run is quick.
SERVE_STAMP := $(VENV)/.installed-serve
DEV_STAMP := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help demo desk test lint types imports check evaluate bench serve clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Sedno needs Python 3.11 or newer, this is {v.major}.{v.minor}; run: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(SERVE_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet -c constraints.txt -e '.[topics]'
	@touch $@

$(DEV_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet -c constraints.txt -e '.[train,evaluate,bench,parquet,postgres,topics,dev]'
	@touch $@ $(SERVE_STAMP)

demo desk: export SEDNO_BRAND_AUTHORS := facebook:Sklep Leśna Polana=Leśna Polana,instagram:@len.i.kropka=len.i.kropka,instagram:@kuchnia.u.zosi=kuchnia.u.zosi
demo: $(SERVE_STAMP) ## Classify the bundled sample, fill a desk with it and its topics, serve it until Ctrl-C
	@mkdir -p $(OUT)
	@$(BIN)/sedno demo --output $(OUT)/demo.jsonl --desk $(OUT)/demo-desk

desk: export SEDNO_DATA_DIR := $(OUT)/demo-desk
desk: $(SERVE_STAMP) ## Serve the desk that make demo has filled, with a link to sign in
	@test -f $(OUT)/demo-desk/sedno.db || $(MAKE) --no-print-directory demo | cat
	@echo "Signs you in once: $$($(BIN)/sedno users login-link demo --minutes 60)"
	@$(BIN)/sedno serve

test: $(DEV_STAMP) check ## Lint, types, import contract and all tests
	$(BIN)/pytest

check: lint types imports

lint: $(DEV_STAMP) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# The packages live in folders of other names (models/ is sedno.models), so the type checker
# and the import linter look at them through links laid out as they are imported.
types: $(DEV_STAMP) ## mypy --strict over code and tests
	@mkdir -p build/src/sedno
	@for room in datasets models training evaluation serving; do ln -sfn ../../../$$room build/src/sedno/$$room; done
	$(BIN)/mypy
	$(BIN)/mypy tests

imports: $(DEV_STAMP) ## The contract: which room may import which
	$(BIN)/lint-imports

evaluate: $(DEV_STAMP) ## Label quality: writes a dated report to reports/ (needs SEDNO_DATA)
	$(BIN)/sedno evaluate --output reports

bench: $(DEV_STAMP) ## Speed and memory: writes a dated report to reports/
	$(BIN)/sedno bench --output reports

serve: $(SERVE_STAMP) ## Start the API on this machine
	$(BIN)/sedno serve

clean: ## Remove what was built and installed
	rm -rf $(VENV) build dist out *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
