# The commands of a developer. Python 3.11 and make are all they need; uv is brought into .cache.
.POSIX:

PYTHON = python3
UV = .cache/uv/bin/uv
BIN = .venv/bin
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header
PACKAGE = $(UV) pip install --quiet --python .venv --no-deps --build-constraint requirements/build.txt --editable .

# Tests wait more than they work: four side by side are quickest, on two cores too.
PYTEST = -n 4

.PHONY: install install-dev localstripe machine demo test test-embedded test-debian explore check bench schema lock clean

install: .venv/.installed

# Everything from the locks, with hashes; a second run has nothing to do.
.venv/.installed: requirements/runtime.txt requirements/build.txt pyproject.toml $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip install --quiet --python .venv --require-hashes --requirement requirements/runtime.txt
	@$(PACKAGE)
	@touch $@

install-dev: .venv/.installed-dev

.venv/.installed-dev: requirements/dev.txt .venv/.installed
	@$(UV) pip install --quiet --python .venv --require-hashes --requirement requirements/dev.txt
	@touch $@

# A Stripe that others wrote, for tests to speak to: a process in an environment of its own (its licence is the GPL).
localstripe: .cache/localstripe/.installed

.cache/localstripe/.installed: requirements/localstripe.txt $(UV)
	@$(UV) venv --quiet --clear --python $(PYTHON) .cache/localstripe
	@$(UV) pip install --quiet --python .cache/localstripe --require-hashes --requirement requirements/localstripe.txt
	@touch $@

$(UV): requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit("Plaudit needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .cache/uv || { echo "Plaudit needs Python's venv module (Debian: apt install python3-venv)"; exit 1; }
	@.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@touch $@

# What the tests need of the machine itself: Debian's Chromium and PostgreSQL 15.
machine:
	@sh scripts/machine.sh

demo: install
	@$(BIN)/plaudit demo $(ARGS)

# The whole gate: checks, all tests on the embedded PostgreSQL 18, integration and property tests again on Debian's 15.
test: machine check test-embedded test-debian

# The browser's driver keeps an event loop of its own running, so its tests have a process to themselves.
test-embedded: install-dev localstripe
	@$(BIN)/python -m pytest --ignore=tests/browser $(PYTEST)
	@$(BIN)/python -m pytest tests/browser

# What speaks with providers only, or brings an embedded server of its own, would say nothing new.
test-debian: install-dev
	@$(BIN)/python scripts/with_postgresql.py /usr/lib/postgresql/15 $(BIN)/python -m pytest tests/integration tests/property \
		--ignore-glob='*_provider.py' --ignore-glob='*/test_paypal_*.py' --ignore=tests/integration/test_stripe.py \
		--ignore=tests/integration/test_localstripe.py --ignore=tests/integration/test_google_push.py \
		--ignore=tests/integration/test_demo.py --ignore=tests/integration/test_keysets.py $(PYTEST)

# Properties by chance: what fails is printed with its seed. ARGS="--hypothesis-seed=7 -k papers" narrows it.
explore: install-dev
	@$(BIN)/python -m pytest tests/property tests/unit --hypothesis-profile=explore $(PYTEST) $(ARGS)

check: install-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install-dev
	@$(BIN)/plaudit bench $(ARGS)

# The recorded schema, after a new migration.
schema: install-dev
	@$(BIN)/plaudit migrate --record

# The locks, after a change of pyproject.toml.
lock: $(UV)
	@echo uv | $(COMPILE) - --output-file requirements/uv.txt
	@printf 'hatchling\neditables\n' | $(COMPILE) - --output-file requirements/build.txt
	@echo localstripe | $(COMPILE) - --output-file requirements/localstripe.txt
	@$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	@$(COMPILE) pyproject.toml --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt

clean:
	@rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
