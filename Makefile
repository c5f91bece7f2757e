# `make help` lists what there is. Every target sets up what it needs.
PYTHON ?= python3
REQUEST ?= 以'春风'为题写一首五言绝句,押东韵
BIN := .venv/bin

.PHONY: help compose test lint types test-nightly test-adapters test-servers test-stages docs screenshots clean

help:  ## 列出这些目标
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

compose: .venv/.base  ## 写一首诗:make compose REQUEST="写一首七绝,押阳韵"
	@$(BIN)/yayun compose "$(REQUEST)"

test: .venv/.dev lint types  ## 检查并跑全部测试
	$(BIN)/python -m pytest

test-nightly: .venv/.dev  ## 长时间的性质测试
	$(BIN)/python -m pytest -m nightly

test-stages: .venv/.dev  ## 训练各阶段在极小的 Qwen2 上走一遍,单进程与双进程
	$(BIN)/python -m pytest -m stages

test-adapters: .venv-adapters/.ready  ## lm-eval 与 verifiers 的适配,用真的库(另建环境)
	.venv-adapters/bin/python -m pytest tests_adapters

test-servers: .venv-servers/.ready  ## 连别家的服务写诗:transformers serve 与 litellm(另建环境)
	.venv-servers/bin/python -m pytest tests_servers

lint: .venv/.dev  ## 代码格式与检查
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/.dev  ## 类型检查
	$(BIN)/mypy

docs: .venv/.dev  ## 由数据与代码重做文档里的图、命令行说明
	$(BIN)/python scripts/build_cli_docs.py
	$(BIN)/python scripts/draw_architecture.py
	$(BIN)/python scripts/plot_training.py
	$(BIN)/python scripts/ablation.py recipes/embedded/ablation.yaml --log-only

screenshots: .venv/.dev  ## 书房的截图(要 chromium 与中文字体)
	$(BIN)/python scripts/build_screenshots.py

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

clean:  ## 删去环境与构建所得
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
