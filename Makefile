# Two commands do everything: `make run` and `make test`. The others are their parts.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run test check install install-test bench clean messages wheel

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/'

run: .venv/.installed  ## install, create the demonstration university, serve, print address and sign-ins
	@$(BIN)/causeway run

test: .venv/.installed-test  ## install, then everything: style, contracts, tests on SQLite and PostgreSQL, a real browser
	@$(BIN)/python scripts/test.py

check: .venv/.installed-test  ## the quick part: style and contracts
	@$(BIN)/ruff check -q . && $(BIN)/python scripts/contracts.py --check

bench: .venv/.installed-test  ## the benchmarks, one after the other; figures go to docs/reference/speed.md; OPTIONS="--portfolio 100000" for more
	@$(BIN)/python bench/run.py $(OPTIONS)

messages: .venv/.installed  ## bring the catalogues of translations in step with the source
	@$(BIN)/python scripts/messages.py

wheel: .venv/.installed-test  ## build the wheel and prove that it is whole and starts
	@$(BIN)/python scripts/wheel.py

install: .venv/.installed
install-test: .venv/.installed-test

.venv/bin/pip:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check 'pip>=25.1'

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/pip
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e .
	$(BIN)/python -m compileall -q src/causeway
	@touch $@

.venv/.installed-test: .venv/.installed
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt --group test --group lint
	@touch $@

clean:  ## remove what was installed (never the data in var/)
	rm -rf .venv
