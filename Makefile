PORT ?= 8501
PYTHON ?= python3
BIN := .venv/bin

AUDIT := $(BIN)/pip-audit --disable-pip --timeout 15 --progress-spinner off
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --upgrade -q

.PHONY: help run check test lint types format bench pictures audit lock clean

help: ## Show the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

run: .venv/runtime ## Serve the app on http://127.0.0.1:8501 (PORT=9000 make run)
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address 127.0.0.1 --server.headless true

check: lint types ## Lint, types and the fast tests: no browser, database server or spreadsheet
	$(BIN)/python -m pytest -q -m "not slow"

# More workers than cores: two drive apps, and jobs mostly wait.
test: lint types ## Everything
	$(BIN)/python -m pytest --numprocesses 4

lint: .venv/development ## Ruff's rules and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/development ## mypy, strict
	$(BIN)/mypy

format: .venv/development ## Format, and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/development ## Measure everything (25 minutes, needs Chromium), and write docs/performance.md
	$(BIN)/python -m benchmarks --write

pictures: .venv/development ## Take the README's screenshots again
	$(BIN)/python -m tests.browser.screenshots

# PyPI knows which locked packages have a vulnerability. Whether it can be reached is tried with a
# version that has some. To ignore one that does not concern us, name it here and say why.
audit: .venv/development ## Ask PyPI for known vulnerabilities of what is locked
	@if echo urllib3==1.24.1 | $(AUDIT) --no-deps -r /dev/stdin 2>&1 | grep -q "^Found "; then \
		$(AUDIT) --require-hashes -r requirements.txt -r requirements-auth.txt -r requirements-dev.txt; \
	else \
		echo "PyPI's list of vulnerabilities is out of reach, so nothing was audited."; \
	fi

# The ranges are in pyproject.toml; what is installed is locked, with hashes, in requirements*.txt.
lock: .venv/development ## Renew the locked packages
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra auth -c requirements.txt -o requirements-auth.txt
	$(COMPILE) --group dev -c requirements.txt -c requirements-auth.txt -o requirements-dev.txt

clean: ## Remove .venv
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; try: make run PYTHON=python3.12")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python3-venv is needed: on Debian, apt-get install python3-venv" >&2; exit 1; }

.venv/runtime: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/development: requirements-dev.txt | .venv/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@
