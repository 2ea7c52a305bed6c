# Shortcuts for people who have not set anything up; behind them is ordinary CMake (CMakePresets.json).
.DEFAULT_GOAL := help
SHELL := /bin/bash

JOBS ?= $(shell nproc)
LIMIT ?= 100
DATA ?= .setup/data
OUTPUT ?= output/demo
PRESET ?= mini
SOURCES = git ls-files -z --cached --others --exclude-standard -- '*.cc' '*.h'

.PHONY: help setup build demo study test build-bench bench bench-adaptive format tidy

help: ## print this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 24

setup: ## system packages, LibTorch and Arrow, the demo model, the task data (CUDA=1: with the CUDA libraries)
	@setup/setup.sh

build: setup ## build/vffn
	@cmake --preset release
	@cmake --build build --parallel $(JOBS)

demo: build ## score SmolLM2 and two small trained models on the eight tasks (LIMIT=100 documents each, LIMIT=0: all), report on them
	@build/vffn reproduce configs/demo.json --limit $(LIMIT) --data $(DATA) --output $(OUTPUT) --resume

study: build ## train, score and compare the paper's methods in miniature (PRESET=smoke, mini, study or h100; docs/study.md)
	@study/prepare.sh
	@build/vffn reproduce configs/study/$(PRESET).json --output output/study/$(PRESET) --resume

test: ## build everything and run every test
	@setup/setup.sh test
	@cmake --preset test
	@cmake --build build --parallel $(JOBS)
	@ctest --test-dir build --output-on-failure --parallel $(JOBS)

build-bench:
	@setup/setup.sh test
	@cmake --preset bench
	@cmake --build build --parallel $(JOBS)

bench: build-bench ## compare vffn with its peers on the same documents, run alternately (bench/README.md)
	@bench/peers/setup.sh
	@python3 bench/run.py

bench-adaptive: build-bench ## compare time and FLOPs of dense, MoE, k-Loop and VersatileFFN at full size (15 GB of models)
	@VFFN_PEERS_LLAMA_CPP=0 bench/peers/setup.sh
	@.setup/peers/venv/bin/python bench/adaptive/make_model.py
	@python3 bench/adaptive/run.py

format: ## clang-format over the tree
	@command -v clang-format >/dev/null || { echo "make format: clang-format is missing (apt-get install clang-format)"; exit 1; }
	@$(SOURCES) | xargs -0 -r clang-format -i

tidy: ## clang-tidy over the tree
	@command -v run-clang-tidy >/dev/null || { echo "make tidy: clang-tidy is missing (apt-get install clang clang-tidy)"; exit 1; }
	@setup/setup.sh test
	@cmake --preset tidy
	@run-clang-tidy -quiet -j $(JOBS) -p build-tidy '^$(CURDIR)/(base|text|tasks|model|eval|apps)/'
