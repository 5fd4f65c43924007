# The recipes, here and in continuous integration. Each does all its own set-up; a fresh machine
# needs Python 3.11 or newer, git and make. Another Python: make PYTHON=python3.13 test

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Two recipes would install into one environment at the same time.
.NOTPARALLEL:
export PYTHON

bin := .venv/bin

.PHONY: help demo test check format coverage explore bench docs lowest wheel lock clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 12

demo: ## Build the worked examples and say where the page is
	@scripts/setup.sh run
	@$(bin)/weigh demo

test: ## Run the whole test suite
	@scripts/setup.sh test
	@scripts/browser.sh
	@OPENBLAS_NUM_THREADS=1 $(bin)/python -m pytest -n auto --dist worksteal $(ARGS)

check: ## Lint, formatting, types and the direction of imports
	@scripts/setup.sh dev
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports --no-cache

format: ## Let ruff repair what it can
	@scripts/setup.sh dev
	@$(bin)/ruff check --fix . ; $(bin)/ruff format .

coverage: ## Run the tests and show which branches none of them takes
	@scripts/setup.sh test
	@scripts/browser.sh
	@OPENBLAS_NUM_THREADS=1 $(bin)/python -m pytest -n auto --cov --cov-report=term-missing:skip-covered $(ARGS)

explore: ## Try the properties on new random examples, ten times as many as make test
	@scripts/setup.sh test
	@OPENBLAS_NUM_THREADS=1 $(bin)/python -m pytest -n auto -m "not browser" --hypothesis-profile=explore $(ARGS)

bench: ## Time weigh and its peers in one run (metafor where Rscript is installed)
	@scripts/setup.sh test
	@scripts/setup.sh bench
	@$(bin)/python -m pytest benchmarks -p no:xdist -o addopts="-rs --strict-markers --import-mode=importlib" $(ARGS)

docs: ## Build the documentation into docs/_build/html
	@scripts/setup.sh docs
	@$(bin)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

lowest: ## Run the tests with the oldest versions that pyproject.toml allows
	@scripts/setup.sh test
	@scripts/browser.sh
	@scripts/lowest.sh $(ARGS)

wheel: ## Build the wheel and try it in a clean environment
	@scripts/setup.sh run
	@scripts/wheel.sh

lock: ## Write requirements/*.txt again from pyproject.toml (ARGS=--upgrade for the newest)
	@scripts/setup.sh dev
	@scripts/lock.sh $(ARGS)

clean: ## Remove everything that the recipes made
	rm -rf .venv build dist docs/_build weigh-demo .coverage .mypy_cache .pytest_cache .ruff_cache \
	  .hypothesis .import_linter_cache .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
