# GNU make 3.81 or newer. Everything is installed into .venv, nothing outside this folder.
# Paths are relative on purpose: the folder may lie under a path with spaces.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test check audit browser office bench lock clean

# The Python to build .venv with; by default the first of these that runs and is new enough.
PYTHON ?=
PYTHONS = $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11 python)
STAMP = .venv/.set-up
PIP = .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: setup ## Set up, load the demo data and serve it (PORT, default 8000)
	@.venv/bin/doti demo

demo-reset: setup ## Throw the demo data away, load them afresh and serve
	@.venv/bin/doti demo --reset

check: setup ## Style, strict types and the arrows between the packages
	@echo "Checking style, types and imports"
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy
	@.venv/bin/lint-imports

browser: setup ## Find the browser of the tests, or install it (Debian's Chromium, else Playwright's)
	@.venv/bin/python -m tests.browser.chromium

office: setup ## Find the spreadsheet program of the tests, or install it (Debian's LibreOffice Calc)
	@.venv/bin/python -m tests.office

test: check browser office ## Set up, check, then run all tests (WORKERS=n at a time)
	@workers="$(WORKERS)"; \
	: "$${workers:=$$(.venv/bin/python -c 'import os; print(min(8, max(2, os.cpu_count() or 2)))')}"; \
	echo "Testing with $$workers workers"; \
	PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -n "$$workers"

audit: setup ## Known vulnerabilities of what is installed (says so where it cannot look)
	@.venv/bin/python -m tests.dependencies

bench: setup ## Measure
	@.venv/bin/python -m tests.bench

lock: setup ## Pin what pyproject.toml asks for (UPGRADE=1: the newest of everything)
	@echo "Writing requirements.lock"
	@.venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	    --generate-hashes --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
	    --extra dev --output-file requirements.lock pyproject.toml

clean: ## Remove .venv and caches (the data in var/ stay)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist *.egg-info
	find domain workflows projections api tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp's first line is the Python and the place, its second the wanted content. It is
# removed before anything is touched: no stamp means start from nothing, so an interrupted
# set-up is never built upon.
setup:
	@set -eu; \
	found=; seen=; \
	for candidate in $(PYTHONS); do \
	    version=$$("$$candidate" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null) || continue; \
	    seen="$$seen $$version"; \
	    "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
	    found=$$candidate; break; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "doti needs Python 3.11 or newer (found:$${seen:- none}). Install it, or name it: make PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi; \
	place="$$version $$(pwd)"; \
	content=$$(cat requirements.lock pyproject.toml | cksum); \
	was=; if [ -f $(STAMP) ]; then was=$$(cat $(STAMP)); fi; \
	if [ "$$was" = "$$(printf '%s\n%s' "$$place" "$$content")" ] && [ -x .venv/bin/python ]; then exit 0; fi; \
	rm -f $(STAMP); \
	if [ "$$(printf '%s\n' "$$was" | sed -n 1p)" != "$$place" ]; then \
	    echo "Making .venv with Python $$version"; \
	    if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
	        echo "Python $$version comes without venv. On Debian or Ubuntu: apt install python3-venv; then run make again." >&2; \
	        exit 1; \
	    fi; \
	    "$$found" -m venv --clear .venv; \
	fi; \
	echo "Installing the packages of requirements.lock (about a minute the first time)"; \
	if ! $(PIP) install --require-hashes -r requirements.lock; then \
	    echo "The packages could not be installed; the lines above say why. It is safe to run make again." >&2; \
	    exit 1; \
	fi; \
	$(PIP) install --no-deps --no-build-isolation --editable .; \
	printf '%s\n%s\n' "$$place" "$$content" > $(STAMP); \
	echo "Ready"
