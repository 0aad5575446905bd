PORT ?= 8501
PYTHON ?= python3
BIN := .venv/bin

AUDIT := $(BIN)/pip-audit --disable-pip --timeout 15 --progress-spinner off

.PHONY: run test lint audit lock clean

run: .venv/runtime
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address 127.0.0.1 --server.headless true

test: .venv/development lint
	$(BIN)/python -m pytest

lint: .venv/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Whether anything locked has a known vulnerability. PyPI knows; whether it can be asked is tried with
# a version that has some. A vulnerability that does not concern us is ignored here, and why is said.
audit: .venv/development
	@if echo urllib3==1.24.1 | $(AUDIT) --no-deps -r /dev/stdin 2>&1 | grep -q "^Found "; then \
		$(AUDIT) --require-hashes -r requirements.txt -r requirements-dev.txt; \
	else \
		echo "PyPI's list of vulnerabilities is out of reach, so nothing was audited."; \
	fi

# The ranges are in pyproject.toml; what is installed is locked, with hashes, in requirements*.txt.
lock: .venv/development
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --upgrade -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.txt --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --upgrade -q -o requirements-dev.txt

clean:
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
