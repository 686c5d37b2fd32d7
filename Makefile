# Everything a person does with this project. Needs GNU make and Python 3.11 or newer, nothing else.

.SILENT:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup run test daily oldest torture coverage clients image-check check migration docs pictures audit release format lock clean

# Set on the command line only (make run DEMO=1): the environment never decides.
PYTHON = python3
WHEELS =
DEMO =
ARGS =
NAME =
UPGRADE =
OLDEST = /usr/lib/postgresql/15/bin

# What an open shell has set for some other project must not reach this one.
unexport VIRTUAL_ENV $(filter UV_% PYTHON% CONDA_%,$(.VARIABLES))

version := 0.13.9
# The machine decides whom to trust: a closed network may have an authority of its own.
uv := .tools/bin/uv --no-config --quiet --system-certs
sync = $(uv) sync --locked --no-python-downloads --python $(PYTHON)
python := .venv/bin/python
coverage := $(python) -m coverage
in_two := -n 2 --dist loadfile --no-loadscope-reorder
release := school-network-$(shell sed -n 's/^version = "\([^"]*\)".*/\1/p' pyproject.toml)

help:  ## show this text
	sed -n 's/^\([a-z-]*\):.*##/  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 19

setup: .venv/.complete  ## prepare .venv with everything to run, test and check

run: .venv/.runnable  ## migrate, load the source program, serve (DEMO=1: with demo data; WHEELS=folder: install without a network)
	$(python) -m app migrate
	exec $(python) -m app serve $(if $(DEMO),--demo)

test: .venv/.complete  ## run the tests of each change on SQLite and PostgreSQL (ARGS='-k words': all of every day's that fit)
	$(python) -m pytest $(in_two) $(or $(ARGS),--only change)

daily: .venv/.complete  ## run what `make test` leaves out of every day's tests
	$(python) -m pytest $(in_two) --only rest $(ARGS)

torture: .venv/.complete  ## run what every day leaves out, and races and walks with the full numbers: hours
	$(python) -m pytest --torture --durations 0 $(ARGS)

oldest: .venv/.complete  ## run a part of the tests on the oldest supported PostgreSQL (OLDEST=folder of its programs)
	test -x '$(OLDEST)/initdb' || $(call refuse,$(no_oldest))
	TEST_POSTGRES_BINARIES='$(OLDEST)' $(python) -m pytest -n 2 --dist loadfile -k postgresql \
		tests/test_migrations.py::test_migrations_make_what_the_models_want \
		tests/test_contract.py tests/test_imports.py

coverage: .venv/.complete  ## run the tests of every day and say what of app/ none of them reaches: below 92 % it fails; an hour
	$(coverage) erase
	$(coverage) run -m pytest $(in_two) $(ARGS)
	$(coverage) combine --quiet
	$(coverage) report

clients: .venv/.complete  ## compile and call the TypeScript client of docs/clients.md: needs npm (Node.js 20 or newer)
	if command -v npm >/dev/null; then \
		cd tests/clients && npm ci --no-audit --no-fund --silent && cd ../.. \
		&& $(python) -m pytest -n 0 tests/clients/typescript.py $(ARGS); \
	else echo '$(no_npm)'; fi

image-check:  ## build the image and run compose, with an attack and an upgrade: needs docker or podman, docs/containers.md
	tests/containers/check

check: .venv/.complete  ## lint, types, floors, documents and migrations against the code
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(python) -m app docs --check
	$(python) -m app migrate --check

migration: .venv/.complete  ## write the migration that the models need (NAME=clubs_and_their_leaders)
	$(python) -m app migration '$(NAME)'

docs: .venv/.complete  ## write what follows from the code: OpenAPI, the page of roles, the picture of the floors
	$(python) -m app docs

audit: .tools/uv-$(version)  ## ask osv.dev for known weaknesses of what the service stands on; where nobody answers it says so
	$(uv) --preview-features audit audit --locked --no-dev $(ARGS) \
		|| { test $$? = 2 && echo '$(no_audit)' >&2; }

release: audit .venv/.runnable .tools/uv-$(version)  ## write dist/: the source, what it stands on (SBOM) and their checksums
	test -z "$$(git status --porcelain)" || $(call refuse,$(not_clean))
	rm -rf dist && mkdir dist
	git archive --format=tar.gz --prefix=$(release)/ --output=dist/$(release).tar.gz HEAD
	$(uv) export --locked --no-dev --format cyclonedx1.5 --output-file dist/$(release).cdx.json >/dev/null
	$(python) packaging/sbom.py dist/$(release).cdx.json
	cp requirements.lock openapi/openapi.json dist/
	cd dist && sha256sum * > SHA256SUMS
	ls -l dist

pictures: .venv/.complete  ## make the pictures of the pages for docs/ru anew: needs Chromium (ARGS=page-plan: that one)
	$(python) -m tests.pictures $(ARGS)

format: .venv/.complete  ## lay out the code and mend what can be mended
	.venv/bin/ruff check --fix-only
	.venv/bin/ruff format

lock: .tools/uv-$(version)  ## write uv.lock and requirements.lock anew (UPGRADE=1: newest versions)
	$(uv) lock $(if $(UPGRADE),--upgrade)
	$(uv) export --locked --no-dev --no-header --no-annotate --output-file requirements.lock

clean:  ## remove whatever make can make again; data/ stays
	rm -rf .venv .tools .*_cache .hypothesis .coverage htmlcov
	find app tests migrations -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.venv/.complete: pyproject.toml uv.lock .tools/uv-$(version)
	echo 'Preparing .venv for work'
	$(sync)
	touch .venv/.runnable $@

ifdef WHEELS
# A closed network: pip takes the wheels from a folder and compares them with requirements.lock.
.venv/.runnable: requirements.lock
	$(python_is_new)
	echo 'Preparing .venv from $(WHEELS)'
	$(PYTHON) -m venv .venv || $(call refuse,$(no_venv))
	.venv/bin/python -m pip --isolated $(install) --no-index --find-links '$(WHEELS)' \
		--require-hashes --requirement requirements.lock
	touch $@
else
# Inexact: what tests and checks need may stay.
.venv/.runnable: pyproject.toml uv.lock .tools/uv-$(version)
	echo 'Preparing .venv to run'
	$(sync) --no-dev --inexact
	touch $@
endif

# Debian's Python comes without venv or without pip: one of the two is enough for uv.
.tools/uv-$(version):
	$(python_is_new)
	rm -rf .tools
	if $(PYTHON) -m venv .tools >/dev/null 2>&1; then \
		.tools/bin/python -m pip $(install) uv==$(version); \
	elif rm -rf .tools && $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m pip $(install) --target .tools uv==$(version); \
	else $(call refuse,$(no_venv)); fi
	touch $@

install := install --quiet --disable-pip-version-check --root-user-action ignore
refuse = { echo '$(1)' >&2; exit 1; }
not_clean := A release is made of what is committed: commit or put away the rest.
no_audit := Nothing was audited: osv.dev does not answer here. Audit this release where it does.
no_oldest := PostgreSQL 15 is not here: install it (Debian 12: apt install postgresql-15), or name its programs (OLDEST=folder).
no_npm := Nothing was tried: npm is not here. Install Node.js 20 or newer.
no_venv := This Python has neither venv nor pip: install them (Debian: apt install python3-venv).
no_python := Python 3.11 or newer is needed: install it, or name it (make PYTHON=python3.12 ...).
python_is_new = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| $(call refuse,$(no_python))
