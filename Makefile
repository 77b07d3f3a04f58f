# `make` sets up everything and opens the app; `make test` sets up everything, Chromium included, and runs all checks;
# `make check-quick` runs those that are done in three minutes.
PYTHON ?= python3
BIN := .venv/bin
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
endif

.PHONY: run test check check-quick check-code check-values check-store check-seen check-seen-too check-pages check-runs check-core check-rest words lock speed

run: .venv/app.done
	$(BIN)/streamlit run app.py

test: .venv/tests.done
	$(BIN)/python -m tests.install
	$(MAKE) check

# Make's own words for: these targets side by side, the output of each in one piece.
TOGETHER := $(MAKE) $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
PASSED = @$(BIN)/python -c "print('Passed: formatting, lint, types, borders, $(1).')"

# The checks alone, where everything is set up. Up to 25 minutes on two processors. In the end it prints which share of
# each room the tests have run; no share is demanded.
check:
	$(TOGETHER) --jobs=3 MEASURED=yes check-code check-seen check-rest check-seen-too check-runs check-pages check-core
	$(BIN)/python -m tests.covered show $(addsuffix .coverage.json,seen seen-too pages runs core rest)
	$(call PASSED,all tests)

# Within a target check-x of a whole check, pytest writes x.coverage.json.
PYTEST = $(BIN)/python -m $(if $(MEASURED),tests.covered run $(@:check-%=%).coverage.json,pytest)

# A change at a glance, in under three minutes: no TensorFlow, no browser, no other process but a database's.
check-quick: .venv/tests.done
	$(TOGETHER) --jobs=2 check-code check-values check-store
	$(call PASSED,tests of lib/core - lib/ui - the store)

check-code:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
check-values:
	$(PYTEST) tests/core tests/ui
check-store:
	$(PYTEST) tests/runs $(addprefix --ignore=,$(ENGINES))
# Their engines are processes that are waited for.
ENGINES := tests/runs/engine tests/runs/model/test_health.py tests/runs/worker/test_real_training.py

# What visitors see, what performs and keeps runs, and the rest, side by side.
# The longest come first; the others follow when there is room. A browser's tests are two parts about as long as each
# other: much of their time is waiting.
PAGES := tests/ui tests/pages
BROWSER := tests/browser
check-seen:
	$(PYTEST) $(BROWSER)/test_[a-f]*.py
check-seen-too:
	$(PYTEST) $(BROWSER)/test_[!a-f]*.py
check-pages:
	$(PYTEST) $(PAGES)
check-runs:
	$(PYTEST) tests/runs
check-core:
	$(PYTEST) tests/core
check-rest:
	$(PYTEST) $(addprefix --ignore=,$(PAGES) $(BROWSER) tests/runs tests/core)

# Brings the catalogues up to date with the code; then fill in what is empty.
words: .venv/tests.done
	$(BIN)/pybabel extract --keyword=mark --no-wrap --add-location=file --sort-by-file --project="TF2 Lab" --output=words.pot lib pages
	$(BIN)/pybabel update --locale=ko --no-wrap --no-fuzzy-matching --ignore-obsolete --input-file=words.pot --output-file=lib/core/catalogues/ko.po

# Brings the lock files up to date with the requirements: exact versions for every supported Python and system.
lock: .venv/tests.done
	$(BIN)/python -m tests.lock

# Times our training loop against the notes' own, alternately.
speed: .venv/tests.done
	$(BIN)/python -m tests.benchmarks.speed

.venv/app.done: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -c "open('$@', 'w').close()"

.venv/tests.done: .venv/app.done tests/requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.lock
	$(BIN)/python -c "open('$@', 'w').close()"
