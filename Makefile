# Everything a developer runs. `make help` lists it.
# Works with GNU make 3.81 (macOS) and newer.
SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
INSTALLED := .venv/installed
JOBS := 2

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

# Stamps make a second run free. pip keeps the settings of this machine (a mirror,
# proxies, certificates): the lock holds hashes, no index addresses. Quiet twice,
# because an extra index that lacks a project makes pip warn once for each. Not
# compiled: Python compiles what is imported, which is a small part of it all.
PIP_INSTALL := $(BIN)/python -m pip install -q -q --no-compile --disable-pip-version-check

.venv/locked: requirements-dev.txt .ci/find-python
	@test -x $(BIN)/python || { python=$$(.ci/find-python) && \
	  echo "Making .venv with $$python (about a minute)" && \
	  "$$python" -m venv .venv; }
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

$(INSTALLED): .venv/locked pyproject.toml
	@$(PIP_INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@

# A machine's wish for no bytecode would make every process here compile all that it
# imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install
install: $(INSTALLED) ## make .venv with the locked development environment

.PHONY: system
system: ## install what apt offers: bubblewrap and, for tests, chromium, nginx and postgresql (root only)
	@.ci/system-packages bubblewrap chromium nginx postgresql

.PHONY: demo
demo: $(INSTALLED) ## collect, explain, build, serve and install the fairing case
	@.ci/system-packages bubblewrap
	@$(BIN)/python examples/fairing/demo.py

.PHONY: test
test: $(INSTALLED) ## run all tests (15 to 20 minutes on two cores; reads the public index)
	@.ci/system-packages bubblewrap chromium nginx postgresql
	@$(BIN)/python -m pytest -n auto --dist worksteal

.PHONY: quick
quick: $(INSTALLED) ## run the tests that need no network and little time (under three minutes)
	@PROPERTY_PROFILE=quick $(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not public_index"

.PHONY: smoke
smoke: $(INSTALLED) ## try all verbs on the oldest Python that is here (half a minute)
	@.ci/system-packages bubblewrap
	@.ci/smoke

.PHONY: universes
universes: $(INSTALLED) ## hold 10,000 random universes to all laws (an hour of one CPU)
	@$(BIN)/python -m tests.property.soak --universes 10000 --jobs $(JOBS)

.PHONY: mutants
mutants: $(INSTALLED) ## break a line of each core module, and see its tests fail (minutes)
	@$(BIN)/python -m tests.mutants

.PHONY: soak
soak: $(INSTALLED) ## feed each reader foreign bytes, kill changes and workers, read slowly (hours of one CPU)
	@$(BIN)/python -m tests.property.soak_bytes --minutes 10 --jobs $(JOBS)
	@KILLS=2000 $(BIN)/python -m pytest -q -s tests/wheelhouse/test_killed_changes.py
	@SLOW_ROUNDS=50 SLOW_READERS=600 $(BIN)/python -m pytest -q -k slow_ tests/server/serving/test_serve.py
	@KILLED_JOBS=100 $(BIN)/python -m pytest -q tests/builder/running/test_killed_workers.py
	@$(BIN)/python -m benchmarks.closures

.PHONY: image-test
image-test: $(INSTALLED) ## build the Dockerfile with buildah, start it, and install from it (root; minutes)
	@.ci/image-test

.PHONY: docs
docs: $(INSTALLED) ## write the documentation as HTML into build/docs, each link followed
	@$(BIN)/python -m tests.docs_site build/docs

.PHONY: lint
lint: $(INSTALLED) ## check style, types, layers, dependencies and the wheel
	@.ci/lint

.PHONY: release
release: $(INSTALLED) ## build sdist and wheel of this commit into dist/, twice, and check them
	@.ci/release

.PHONY: lock-dev
lock-dev: $(INSTALLED) ## lock the development environment anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --extra cluster --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock-dev" \
	  --group dev --output-file requirements-dev.txt pyproject.toml

.PHONY: clean
clean: ## remove all that make has made, but for collected files (.demo)
	rm -rf .venv build dist *.egg-info .coverage \
	  .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
