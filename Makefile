# The two commands: `make compose` writes a poem, `make test` runs the tests. Both set up what they need.
PYTHON ?= python3
REQUEST ?= 以'春风'为题写一首五言绝句,押东韵
BIN := .venv/bin

.PHONY: compose test lint types test-nightly test-adapters test-servers test-stages clean

compose: .venv/.base
	@$(BIN)/yayun compose "$(REQUEST)"

test: .venv/.dev lint types
	$(BIN)/python -m pytest

test-nightly: .venv/.dev
	$(BIN)/python -m pytest -m nightly

# Every training stage on a tiny Qwen2, in one process and in two.
test-stages: .venv/.dev
	$(BIN)/python -m pytest -m stages

# The lm-eval task and the verifiers environment, with the real libraries, in an environment of their own.
test-adapters: .venv-adapters/.ready
	.venv-adapters/bin/python -m pytest tests_adapters

# Composing against two servers nobody here wrote, on loopback: `transformers serve` and a litellm proxy.
test-servers: .venv-servers/.ready
	.venv-servers/bin/python -m pytest tests_servers

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

.venv/.base: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# The CPU build of PyTorch first: the extras then find their bound satisfied and fetch no larger one.
.venv/.dev: .venv/.base
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[train,eval,llm,serve,dev]'
	@touch $@

.venv-adapters/.ready: pyproject.toml
	$(PYTHON) -m venv .venv-adapters
	.venv-adapters/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	.venv-adapters/bin/pip install --quiet --disable-pip-version-check pytest --editable '.[lm-eval,verifiers]'
	@touch $@

.venv-servers/.ready: pyproject.toml
	$(PYTHON) -m venv .venv-servers
	.venv-servers/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	.venv-servers/bin/pip install --quiet --disable-pip-version-check pytest hypothesis 'transformers[serving]' 'litellm[proxy]' \
		--editable '.[llm,train]'
	@touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
