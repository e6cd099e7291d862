# Every command that a person or CI types. `make` alone prints them.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
PEOPLE ?= 0
KILLS ?= 200
SEARCHES ?= 2000
WITHDRAWALS ?= 10000
CASES ?= 1000000
CASE ?= 0
BIN := .venv/bin
TEXTS := $(BIN)/python -m wutong.control.pages.translations
CLIENTS := tests/clients/node_modules/.package-lock.json

.PHONY: help demo test check bench bench-flat drill reference lock styles screenshots clean
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: .venv/demo $(if $(filter-out 0,$(PEOPLE)),.venv/generate) ## start everything on this machine (PORT=8000, PEOPLE=0 more invented people)
	@$(TEXTS) compile
	@$(BIN)/wutong demo --port $(PORT) --people $(PEOPLE)

test: .venv/dev $(CLIENTS) ## run the tests, in parallel, on real PostgreSQL and a real browser
	@scripts/find-browser
	@$(TEXTS) compile
	@$(BIN)/python -m pytest -m "not drill"

check: .venv/dev ## format, lint, types, import contracts, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	scripts/types
	$(BIN)/lint-imports
	$(TEXTS) check
	@$(TEXTS) compile

bench: .venv/dev ## print figures and ratios
	@$(BIN)/python bench/load.py
	@$(BIN)/python bench/begin.py
	@$(BIN)/python bench/reads.py
	@$(BIN)/python bench/pages.py
	@$(BIN)/python bench/checking.py
	@$(BIN)/python bench/deciding.py
	@$(BIN)/python bench/searches.py
	@$(BIN)/python bench/everything.py
	@$(BIN)/python bench/bundles.py

bench-flat: .venv/dev ## compare queries among 1,000 and 16,000 patients (8 GB, half an hour)
	@$(BIN)/python bench/flat.py

drill: .venv/dev ## the long crash, attack, search, race and leak tests (KILLS=200 SEARCHES=2000 WITHDRAWALS=10000 CASES=1000000)
	@WUTONG_KILLS=$(KILLS) $(BIN)/python -m pytest -m drill -n 0 -v -s
	@WUTONG_SEARCHES=$(SEARCHES) $(BIN)/python -m pytest tests/searching -n 0 -q
	@WUTONG_WITHDRAWALS=$(WITHDRAWALS) $(BIN)/python -m pytest tests/races -n 0 -q
	@$(BIN)/wutong prove-no-leaks --cases $(CASES) --from $(CASE)

reference: .venv/dev ## write the tables of docs/reference/ from the code
	@$(BIN)/python docs/reference/make_reference.py

lock: ## compile requirements/ from pyproject.toml
	@scripts/lock

styles: ## build the vendored style sheet (needs Node.js)
	@scripts/build-styles

screenshots: .venv/dev ## take the pictures of docs/journey and docs/gallery anew
	@scripts/find-browser
	@rm -f docs/journey/*.png docs/gallery/*.png
	@WUTONG_SCREENSHOTS=docs $(BIN)/python -m pytest tests/pages -n 0 -q

clean: ## remove the virtual environment, with the demo inside it
	rm -rf .venv

.venv/made:
	@scripts/make-venv "$(PYTHON)"
	@touch $@

.venv/demo: .venv/made requirements/demo.txt pyproject.toml
	@scripts/install demo
	@touch $@

.venv/generate: .venv/made requirements/generate.txt pyproject.toml | .venv/demo
	@scripts/install generate
	@touch $@

.venv/dev: .venv/made requirements/dev.txt pyproject.toml
	@scripts/install dev
	@touch $@ .venv/demo .venv/generate

$(CLIENTS): tests/clients/package-lock.json | .venv/dev
	@scripts/install-clients
