# Everything that is done with this project; `make` alone lists it.
# Needs Python 3.11 or newer and make. No root: all of it goes into .venv.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
EXAMPLES := examples/scans
OUT := out/examples
PYTEST_ARGS ?=
BENCH_ARGS ?=
CHAOS_ARGS ?=
SYNTH_ARGS ?=
PICTURE_ARGS ?=
PROTECTIONS_ARGS ?=
LOCK_ARGS ?=
FUZZ_ARGS ?=
FONTS ?= fonts

export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run install dev train-env objects-env test check bench bench-a4 bench-glyphs bench-queue bench-training bench-worker bench-writers card chaos fuzz scale lock schema examples pictures protections fonts golden tfjs web clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed ## Install what reading needs and read the example pages
	@rm -rf $(OUT)
	@$(BIN)/digitize submit $(EXAMPLES) -o $(OUT) --save-overlays
	@echo "table:    $(OUT)/results.csv"
	@echo "overlays: $(OUT)/overlays"

install: $(VENV)/.installed ## Install the program into .venv

dev: $(VENV)/.dev ## Install everything that tests and checks need, TensorFlow included

train-env: $(VENV)/.train ## Install what `digitize retrain` and `digitize models export` need

objects-env: $(VENV)/.objects ## Install what scans and jobs in object storage (s3://) need

test: $(VENV)/.dev ## Run all tests; those of the queue start a redis-server of their own, if there is one
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/.dev ## Lint, formatting, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed ## Score and time the reader, and others where they are installed
	$(BIN)/python -m bench $(BENCH_ARGS)

bench-a4: $(VENV)/.installed ## Time a whole page against its bare decoding and one call of the network
	$(BIN)/python -m bench.a4 $(BENCH_ARGS)

bench-glyphs: $(VENV)/.train ## Time the network beside Keras, each on one core, and weigh its memory
	$(BIN)/python -m bench.glyphs $(BENCH_ARGS)

bench-queue: $(VENV)/.installed ## Time pages through Redis beside the bare reader, and recoveries after kills
	$(BIN)/python -m bench.queue $(BENCH_ARGS)

bench-worker: $(VENV)/.installed ## Time a worker's start, and weigh its memory before and after 5,000 pages
	$(BIN)/python -m bench.worker $(BENCH_ARGS)

chaos: $(VENV)/.installed ## Kill workers and Redis at random on a thousand pages; none may be lost or stand twice
	$(BIN)/python -m bench.chaos $(CHAOS_ARGS)

protections: $(VENV)/$(if $(filter --list,$(PROTECTIONS_ARGS)),.installed,.dev) ## Take what keeps a job's pages out, one by one; a test has to fail each time
	$(BIN)/python -m tests.crash.protections $(PROTECTIONS_ARGS)

bench-training: $(VENV)/.train ## Time training beside a bare fit of Keras; it wants an idle machine
	$(BIN)/python -m bench.training $(BENCH_ARGS)

bench-writers: $(VENV)/.train ## Correct unknown writers' digits, go on from that, and judge them and everybody else
	$(BIN)/python -m bench.writers $(BENCH_ARGS)

fuzz: $(VENV)/.dev ## Have 10,000 damaged files of every kind read, and find out whether one harms another
	$(BIN)/python -m tests.fuzz $(FUZZ_ARGS)

scale: $(VENV)/.installed ## Measure what a job costs by its number of pages; needs redis-server
	$(BIN)/python -m bench.scale $(BENCH_ARGS)

card: $(VENV)/.installed ## Judge the shipped model and write its card beside it; whenever another one is shipped
	$(BIN)/python -m worker.judged_card

schema: $(VENV)/.installed ## Write the JSON Schemas anew from worker/records.py
	$(BIN)/python -m worker.schema

examples: $(VENV)/.installed ## Draw the example pages anew
	$(BIN)/python -m model.synth.examples $(SYNTH_ARGS)

golden: $(VENV)/.installed ## Write anew what the tests expect the shipped model to read on the examples
	$(BIN)/python -m tests.golden.example_pages

pictures: $(VENV)/.installed ## Draw the pictures of docs/reading.md anew, with the shipped model
	$(BIN)/python -m bench.pictures $(PICTURE_ARGS)

fonts: $(VENV)/.installed ## Fetch open fonts as further hands to train on, by npm and checked by hash; FONTS=DIR
	$(BIN)/python -m model.fonts.fetch $(FONTS)

tfjs: ## Fetch TensorFlow.js for the page in the browser, by npm and checked by hash
	$(PYTHON) examples/web/fetch.py

web: tfjs $(VENV)/.train ## Make the page in the browser ready: TensorFlow.js and the current model beside it
	$(BIN)/digitize models export --format tfjs -o examples/web/model
	@echo "look at it: $(PYTHON) -m http.server --bind 127.0.0.1 --directory examples/web 8000"

clean: ## Remove the environment, caches and what `make run` wrote; jobs stay
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- locks: versions and hashes for every system and Python, and no address of a registry

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-annotate $(LOCK_ARGS)

lock: ## Resolve the dependencies (needs uv); LOCK_ARGS=--upgrade takes newer versions
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --extra train --extra export pyproject.toml -o requirements-train.lock
	$(COMPILE) --extra objects pyproject.toml -o requirements-objects.lock
	$(COMPILE) --extra train --extra export --extra objects --group dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) --group build -o requirements-build.lock

# --- the environment; a stamp file says what it already holds

NO_VENV := "$(PYTHON) cannot make a virtual environment: install the package python3-venv \
	(Debian, Ubuntu: apt install python3-venv), or virtualenv, or uv, and call make again."

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, as PYTHON=...; $(PYTHON) is: $$($(PYTHON) --version 2>&1)" >&2; exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
	elif command -v virtualenv >/dev/null; then virtualenv --quiet --python $(PYTHON) $(VENV); \
	elif command -v $(UV) >/dev/null; then $(UV) venv --quiet --seed --allow-existing --python $(PYTHON) $(VENV); \
	else echo $(NO_VENV) >&2; exit 1; fi
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.lock requirements-build.lock pyproject.toml
	@echo "installing into $(VENV)" >&2
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.train: $(VENV)/.installed requirements-train.lock
	@echo "installing TensorFlow into $(VENV); that is a large download" >&2
	@$(PIP) install --require-hashes -r requirements-train.lock
	@touch $@

$(VENV)/.objects: $(VENV)/.installed requirements-objects.lock
	@echo "installing s3fs into $(VENV)" >&2
	@$(PIP) install --require-hashes -r requirements-objects.lock
	@touch $@

$(VENV)/.dev: $(VENV)/.installed requirements-dev.lock
	@echo "installing TensorFlow and the tools for tests into $(VENV); that is a large download" >&2
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
