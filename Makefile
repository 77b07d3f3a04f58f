# `make` sets up everything and opens the app; `make test` sets up everything, Chromium included, and runs all checks.
PYTHON ?= python3
BIN := .venv/bin
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
endif

.PHONY: run test check check-seen check-runs check-rest words speed

run: .venv/app.done
	$(BIN)/streamlit run app.py

test: .venv/tests.done
	$(BIN)/python -m tests.install
	$(MAKE) check

# The checks alone, where everything is set up.
check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --jobs=3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) check-seen check-runs check-rest

# What visitors see, what performs and keeps runs, and the rest, side by side: much of it is waiting.
SEEN := tests/ui tests/pages tests/browser
check-seen:
	$(BIN)/python -m pytest $(SEEN)
check-runs:
	$(BIN)/python -m pytest tests/runs
check-rest:
	$(BIN)/python -m pytest $(addprefix --ignore=,$(SEEN) tests/runs)

# Brings the catalogues up to date with the code; then fill in what is empty.
words: .venv/tests.done
	$(BIN)/pybabel extract --keyword=mark --no-wrap --add-location=file --sort-by-file --project="TF2 Lab" --output=words.pot lib pages
	$(BIN)/pybabel update --locale=ko --no-wrap --no-fuzzy-matching --ignore-obsolete --input-file=words.pot --output-file=lib/core/catalogues/ko.po

# Times our training loop against the notes' own, alternately.
speed: .venv/tests.done
	$(BIN)/python -m tests.benchmarks.speed

.venv/app.done: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -c "open('$@', 'w').close()"

.venv/tests.done: .venv/app.done tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	$(BIN)/python -c "open('$@', 'w').close()"
