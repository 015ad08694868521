# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Each sets up what it needs; nothing has to be installed by hand before.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PINS := --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate

.PHONY: help demo test lint bench generate lock clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml .ci/locks/dev.txt .ci/locks/go.txt .ci/setup
	@.ci/setup $(PYTHON) $(VENV)
	@touch $@

demo: $(STAMP)  ## a cluster, the operator, a good revision that is promoted, and a bad one that is rolled back
	@.ci/packages
	@examples/demo/run

test: $(STAMP)  ## all tests: unit, integration (simulated nodes), e2e (real nodes)
	@.ci/packages
	@$(BIN)/leadsman sandbox build --nodes simulated >/dev/null
	@$(BIN)/leadsman sandbox build --nodes real >/dev/null
	$(BIN)/pytest tests/unit -n auto
	$(BIN)/pytest tests/e2e tests/integration/sandbox
	$(BIN)/pytest --ignore=tests/unit --ignore=tests/e2e --ignore=tests/integration/sandbox -n 3 --dist loadgroup

lint: $(STAMP)  ## formatter, linter, types, architecture, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	@.ci/generated

bench: $(STAMP)  ## medians and ratios: admission, comparisons, start of a sandbox
	$(BIN)/pytest tests/bench -o python_files='bench_*.py'

generate: $(STAMP)  ## write crds/ and docs/reference/ from the models, and copy the admission policies
	$(BIN)/leadsman crds --output-dir crds
	for copy in src/leadsman/controller/protection/*.yaml; do cp manifests/admission/$$(basename $$copy) $$copy; done
	$(BIN)/leadsman reference > $(STAMP).reference && mv $(STAMP).reference docs/reference/api.md

lock:  ## pin dependencies anew, with hashes and without hosts (needs uv)
	uv pip compile $(PINS) pyproject.toml -o .ci/locks/run.txt
	uv pip compile $(PINS) --group dev pyproject.toml -o .ci/locks/dev.txt
	uv pip compile $(PINS) --group installer -o .ci/locks/installer.txt
	uv pip compile $(PINS) --group go -o .ci/locks/go.txt

clean:  ## remove what the commands above made here (the cache of built binaries stays)
	rm -rf $(VENV) dist reports .pytest_cache .ruff_cache .hypothesis .import_linter_cache
