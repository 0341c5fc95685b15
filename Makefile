# Shouwang 守望: `make` prints what there is to do.
# One stamp file stands for each installation, so a second start is instant.

PYTHON ?= python3
DATA ?= $(CURDIR)/data/$(if $(filter cluster%,$(MAKECMDGOALS)),cluster,exercise)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" pyproject.toml

# Real cases for development and tests, never shipped; tests say so and skip without them.
ifneq ($(wildcard $(CURDIR)/../shared/data),)
SHOUWANG_CASES ?= $(abspath $(CURDIR)/../shared/data)
endif
export SHOUWANG_CASES

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run cluster cluster-stop cluster-status test check prove bench schemas venv lock clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.installed ## Start an exercise [FOR=seconds] [PACE=factor] [DATA=folder]
	@$(BIN)/shouwang run $(if $(FOR),--for $(FOR)) $(if $(PACE),--pace $(PACE)) --data "$(DATA)"

cluster: $(VENV)/.clustered ## The same on Kafka, Faust and Redis [FOR= PACE= DATA= or SERVE=1]
	@deploy/install-java.sh
	@deploy/install-redis.sh
	@$(BIN)/python -m deploy.cluster start $(if $(FOR),--for $(FOR)) $(if $(PACE),--pace $(PACE)) \
		$(if $(SERVE),--serve) --data "$(DATA)"

cluster-stop: $(VENV)/.clustered ## Stop every process of it, by id [DATA=folder]
	@$(BIN)/python -m deploy.cluster stop --data "$(DATA)"

cluster-status: $(VENV)/.clustered ## What of it runs; topics, owner, lag, ages [DATA=folder]
	@$(BIN)/python -m deploy.cluster status --data "$(DATA)" || true

test: $(VENV)/.developed ## Run every test in its short form [ONLY="path or option"]
	@command -v chromium >/dev/null || deploy/install-chromium.sh
	@deploy/install-java.sh
	@deploy/install-redis.sh
	@deploy/install-nginx.sh
	@deploy/install-cc.sh
	@$(BIN)/python -m deploy.servers.jars || true
	@$(BIN)/python -m pytest --numprocesses 2 $(ONLY)

check: $(VENV)/.developed ## Format, lint, types, imports, schemas, docs, tidiness
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m schemas.write --check
	@$(BIN)/python -m deploy.write_docs --check
	@$(BIN)/python -m pytest tests/test_tidy.py tests/test_docs.py tests/test_packaging.py

prove: $(VENV)/.developed ## Run the long forms of the tests that have one [ONLY=path]
	@$(BIN)/python -m pytest --prove -m prove $(ONLY)

bench: $(VENV)/.developed ## Measure [ONLY=thread], beside another build [AGAINST=folder]
	@deploy/install-cc.sh
	@$(BIN)/python -m deploy.native
	@$(BIN)/python -m tests.bench $(or $(ONLY),all) $(AGAINST)

schemas: $(VENV)/.installed ## Write the JSON Schemas and the pages of codes
	@$(BIN)/python -m schemas.write
	@$(BIN)/python -m deploy.write_docs

venv: $(VENV)/.developed ## Install everything for development into .venv

lock: $(VENV)/.developed ## Choose the newest versions allowed and lock them with hashes
	@$(LOCK) --upgrade --no-annotate --all-extras --output-file deploy/requirements-dev.txt
	@$(LOCK) --upgrade --no-annotate --extra build --extra cluster \
		--constraint deploy/requirements-dev.txt --output-file deploy/requirements-cluster.txt
	@$(LOCK) --upgrade --no-annotate --extra build --extra pictures \
		--constraint deploy/requirements-dev.txt --output-file deploy/requirements-pictures.txt
	@$(LOCK) --upgrade --no-annotate --extra build \
		--constraint deploy/requirements-dev.txt --output-file deploy/requirements.txt

clean: ## Remove .venv, Kafka's jars, caches and built files; keep data/
	@rm -rf $(VENV) .kafka build dist htmlcov .coverage .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: deploy/requirements.txt pyproject.toml geo/native/cubes.h geo/native/crowd.c
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Shouwang needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
		"Name another one: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "Installing into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Could not make $(VENV). On Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(PIP) install --require-hashes --requirement deploy/requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developed: $(VENV)/.installed deploy/requirements-dev.txt
	@$(PIP) install --require-hashes --requirement deploy/requirements-dev.txt
	@touch $@

# An installation for development has the clients already.
$(VENV)/.clustered: $(VENV)/.installed deploy/requirements-cluster.txt
	@test $(VENV)/.developed -nt deploy/requirements-cluster.txt || { \
		echo "Installing the clients of Kafka and Redis into $(VENV) ..." && \
		$(PIP) install --require-hashes --requirement deploy/requirements-cluster.txt; }
	@touch $@
