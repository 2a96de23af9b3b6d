# One word an action; each installs what it needs. `make` alone tells what there is.
#
# Needs GNU make and a Python >= 3.12, which it finds by itself: on the PATH, among pyenv's
# versions, or by uv. Name another one with PYTHON=/path/to/python3.

VENV := .venv
PY := $(VENV)/bin/python
GATE := $(VENV)/bin/gate
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
AXE := $(if $(shell command -v npm 2>/dev/null),ui/frontend/node_modules/.installed)
CONFIG ?= $(wildcard gate.yaml)
PYTHON ?=
PORT ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo run test coverage check fix faults bench mutants lock
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

help: ## tell what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## install the gate with all it needs at run time; leaves .venv/bin/gate

demo: $(VENV)/.installed ## show the gate in front of a small old site (PORT=8080)
	@exec $(GATE) demo $(if $(PORT),--port $(PORT)) $(ARGS)

run: $(VENV)/.installed ## serve with gate.yaml (CONFIG=FILE, ARGS="--upstream URL ...")
	@exec $(GATE) serve $(if $(CONFIG),--config $(CONFIG)) $(ARGS)

test: $(VENV)/.dev $(VENV)/.apps $(VENV)/.scan $(AXE) ## run every test
	$(PY) -m pytest $(ARGS)

coverage: $(VENV)/.dev $(VENV)/.apps $(VENV)/.scan $(AXE) ## run every test, and hold coverage to its gates
	$(PY) -m pytest -p tests.coverage_gates --cov --cov-context=test --cov-report= $(ARGS)

check: $(VENV)/.dev ## lint, format, types, layers and locks
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/pyright
	$(VENV)/bin/lint-imports --no-logo
	$(PY) -m pytest --quiet tests/test_locks.py

fix: $(VENV)/.dev ## mend what can be mended by machine
	$(VENV)/bin/ruff check --fix --exit-zero .
	$(VENV)/bin/ruff format .

faults: $(VENV)/.dev ## kill the gate's writers in 500 rounds and look at what is left (ARGS="--rounds N")
	$(PY) -m tests.faults $(ARGS)

bench: $(VENV)/.dev ## measure the gate against its upstream and against mitmproxy; needs wrk and nginx
	$(PY) -m tests.bench $(ARGS)

mutants: $(VENV)/.dev ## change core and factors on purpose; nine of ten changes must fail a test
	$(VENV)/bin/mutmut run --max-children 2 $(ARGS)
	$(VENV)/bin/mutmut export-cicd-stats
	$(PY) -m tests.mutation_score

# Extras stay in the locks: the pip of Python 3.12.1 takes `coverage` for no answer to `coverage[toml]`.
COMPILE = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.12 \
	--generate-hashes --no-strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: $(VENV)/.dev ## choose versions anew and write them with their hashes (ARGS=--upgrade)
	$(COMPILE) $(ARGS) pyproject.toml --extra mitm --group build -o requirements.txt
	$(COMPILE) $(ARGS) --group pyproject.toml:dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) $(ARGS) --group pyproject.toml:apps -c requirements.txt -c requirements-dev.txt \
		-o requirements-apps.txt
	$(COMPILE) $(ARGS) --group pyproject.toml:scan -o requirements-scan.txt

# ---------------------------------------------------------------- what the actions need

# A Python fits when it is new enough and can make a virtual environment with pip in it.
define find_python
fits() { "$$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; }
try() { for python; do if fits "$$python"; then echo "$$python"; exit 0; fi; done; }
if [ -n "$$1" ]; then
	try "$$1"
	echo "$$1 is no Python >= 3.12 with venv and pip" >&2
	exit 1
fi
versions="$${PYENV_ROOT:-$$HOME/.pyenv}/versions"
try python3.13 python3.12 python3.14 python3 python
try "$$versions"/3.13.*/bin/python "$$versions"/3.12.*/bin/python "$$versions"/3.14.*/bin/python
try "$$(uv python find --no-python-downloads '>=3.12' 2>/dev/null || echo none)"
echo "no Python >= 3.12 with venv and pip, neither on the PATH nor from pyenv or uv" >&2
echo "install one (Debian: python3 and python3-venv), or name one: make $(MAKECMDGOALS) PYTHON=..." >&2
exit 1
endef
export find_python

$(PY):
	@python=$$(sh -c "$$find_python" find_python "$(PYTHON)") || exit 1; \
	echo "making $(VENV) with $$python"; \
	"$$python" -m venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(PY)
	@echo "installing the gate"
	@$(PIP) --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.installed
	@echo "installing what checks and tests need"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.apps: requirements-apps.txt $(VENV)/.installed
	@echo "installing the applications to test with"
	@$(PIP) --require-hashes -r requirements-apps.txt
	@touch $@

# The scanner of TLS holds back a library of the gate, so it lives beside the gate's packages.
$(VENV)/.scan: requirements-scan.txt | $(PY)
	@echo "installing what scans TLS"
	@$(PY) -m venv $(VENV)/scan
	@$(VENV)/scan/bin/python -m pip --disable-pip-version-check install --quiet \
		--require-hashes -r requirements-scan.txt
	@touch $@

ui/frontend/node_modules/.installed: ui/frontend/package-lock.json
	@echo "installing what checks the pages' accessibility"
	@npm ci --prefix ui/frontend --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
