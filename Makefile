# Every target does its own set-up first; what is done already is skipped.
#
#   make demo ARGS="my.wav"      hands words on to the command

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help prepare setup demo run bench doctor install-service test faults clean distclean

BIN := .venv/bin
ARGS ?=

help: ## this list
	@echo 'edgevoice: a voice assistant on the machine in front of you'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Start with: make demo'

demo: prepare ## hold a conversation with a scripted person, and draw its picture
	@$(BIN)/edgevoice demo $(ARGS)

run: prepare ## talk to it through the microphone and the loudspeaker
	@$(BIN)/edgevoice run $(ARGS)

bench: prepare ## measure how soon replies come on this machine (leave it alone meanwhile)
	@$(BIN)/edgevoice bench --out bench-output $(ARGS)

doctor: prepare ## what is here, what is missing, what to do about it
	@$(BIN)/edgevoice doctor $(ARGS)

install-service: prepare ## run it from the machine's start on, under systemd (asks for sudo)
	@sudo $(abspath $(BIN))/edgevoice service install $(ARGS)

setup: prepare ## prepare this machine (the other targets do this by themselves)
	@echo 'Everything is set up. Try: make demo'

prepare:
	@tools/setup/setup.sh run

test: ## check everything: ruff, mypy, pytest
	@tools/setup/setup.sh test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest $(ARGS)

faults: ## let every fault befall it for real, and look what comes of them (it takes a while)
	@tools/setup/setup.sh test
	@$(BIN)/python -m tools.faults $(ARGS)

clean: ## remove caches and what the commands made
	@rm -rf demo-output bench-output training-output faults.json faults.md soak.json build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find edgevoice tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## clean, and undo the set-up: the next command prepares everything anew
	@rm -rf .venv .setup models/smart-turn/*.onnx models/smart-turn/LICENSE
