# The commands others rely on. Each sets up what it needs; see docs/operations.md.
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: setup run test check mutate scan bench screenshots test-training format locks clean-run

setup: $(STAMP)

$(STAMP): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "MoodVision needs Python 3.11 or newer."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

run: setup
	$(BIN)/python manage.py serve

test: setup browser
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

# One more than cores: a worker often waits for a browser, a process or the database.
WORKERS ?= $(shell echo $$(( $$(nproc) < 4 ? $$(nproc) + 1 : 4 )))

.PHONY: browser
browser: setup
	@$(BIN)/python -m tests.browser.chromium

check: setup
	! git grep -nE '^(<{7}|>{7}) '
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --check $$(git ls-files -co --exclude-standard 'templates/*.html')
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	MOODVISION_ENVIRONMENT=production SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	  FIELD_ENCRYPTION_KEY=$$($(BIN)/python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())') \
	  ACCESS_LOG_SIGNING_KEY=$$($(BIN)/python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())') \
	  SITE_ORIGINS=https://clinic.example EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend \
	  EMAIL_HOST=mail.clinic.example $(BIN)/python manage.py check --deploy --fail-level WARNING

# Every guard removed in its turn, in a copy: its tests must notice.
mutate: setup
	$(BIN)/python -m tests.mutations

.PHONY: mutate-one-of-each
mutate-one-of-each: setup
	$(BIN)/python -m tests.mutations --one-of-each

# Semgrep and bandit in an environment of their own: their dependencies would bind ours.
scan: .venv-scan/.installed
	$(PYTHON) -m scan

.venv-scan/.installed: requirements/scan.txt
	test -x .venv-scan/bin/python || $(PYTHON) -m venv .venv-scan
	.venv-scan/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

bench: setup
	$(BIN)/python -m bench

# Restores an older dump with the younger keys into a scratch database, and looks.
.PHONY: drill
drill: setup
	$(BIN)/python manage.py drill

screenshots: setup browser
	MOODVISION_SCREENSHOTS=1 $(BIN)/pytest -q tests/browser
	$(BIN)/python -m tests.browser.keep

# An optional extra; installed by itself, since nothing may run beside a pip that writes into its environment.
.PHONY: torch
torch: setup
	$(BIN)/pip install --quiet --disable-pip-version-check "torch==2.13.0" "h5py==3.16.0"

test-training: torch
	MOODVISION_TRAINING_TESTS=1 $(BIN)/pytest tests/training_extra

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade $$(git ls-files 'templates/*.html')

# Hashes without index addresses, so that any mirror serves the same files.
locks: setup
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements/base.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev -c requirements/base.txt $(LOCK) -o requirements/dev.txt
	$(BIN)/uv pip compile requirements/scan.in $(LOCK) -o requirements/scan.txt
LOCK := --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11
