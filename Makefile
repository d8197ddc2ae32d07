# Every way to set the portal up, run it, check it and measure it. `make help` lists them.

PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help setup serve test check bench eval lock translations catalogs clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Make the environment: .venv, locked libraries, compiled catalogues
	@sh tools/setup.sh "$(PYTHON)" requirements.txt
	@$(MAKE) --no-print-directory catalogs

serve: ## Set up, load the plan and a demonstration world, serve on 127.0.0.1:$(PORT)
	@sh tools/port-free.sh "$(PYTHON)" "$(PORT)"
	@$(MAKE) --no-print-directory setup
	@exec $(BIN)/flask --app wsgi.py serve --demo --port "$(PORT)"

test: ## Install what tests need, then run everything, browser journeys included
	@sh tools/setup.sh "$(PYTHON)" requirements-dev.txt
	@sh tools/browser.sh
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest

check: ## The fast part: format, lint, types, import arrows, templates, catalogues
	@sh tools/setup.sh "$(PYTHON)" requirements-dev.txt
	@$(MAKE) --no-print-directory catalogs
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-cache > .venv/imports.log || { cat .venv/imports.log; exit 1; }
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/guards/test_catalogs.py

bench: ## Print the benchmark tables
	@sh tools/setup.sh "$(PYTHON)" requirements-dev.txt
	@$(MAKE) --no-print-directory catalogs
	@$(BIN)/python -m bench

eval: ## Print how well search finds what readers mean, beside other searches
	@sh tools/setup.sh "$(PYTHON)" requirements-dev.txt
	@$(MAKE) --no-print-directory catalogs
	@$(BIN)/python -m bench.evaluate

lock: ## Resolve the requirements anew and lock them with hashes
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  requirements-dev.in -o requirements-dev.txt

translations: ## Extract the messages and update the Chinese catalogue
	@sh tools/translations.sh $(BIN)

catalogs: translations/zh_Hans/LC_MESSAGES/messages.mo
	@:

translations/zh_Hans/LC_MESSAGES/messages.mo: translations/zh_Hans/LC_MESSAGES/messages.po
	@$(BIN)/pybabel -q compile -d translations

clean: ## Remove the environment; the data in instance/ stays
	@rm -rf .venv
