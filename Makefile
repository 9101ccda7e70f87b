# `make test` and `make demo` set up all they need; `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help test demo bench benchsmall setup rust-here node-here lint deny rust rfc6962 contracts page api model fuzz kill races soak clean

# Arguments of the demo: ARGS=--stay.
ARGS ?=
# How long each fuzz target runs: SECONDS=600.
SECONDS ?= 20
# How often a node is killed, or a voucher raced for: ROUNDS=5000.
ROUNDS ?= 1000
# Random ledgers of the model check.
LEDGERS ?= 100000

CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := target/tools/cargo-deny-$(CARGO_DENY_VERSION)/bin/cargo-deny
NPM_DONE := contracts/node_modules/.package-lock.json
# What a run had to leave out. It is said where it happens, and once more at the end.
LEFT_OUT := target/left-out

help: ## List these targets
	@sed -nE 's/^([a-z0-9]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

test: setup ## Everything that CI runs
	@rm -f $(LEFT_OUT)
	@for part in lint deny contracts rust model rfc6962 benchsmall page api fuzz; do \
		echo; echo "== make $$part"; $(MAKE) $$part; \
	done
	@echo; echo '== make test: everything passed'
	@if [[ -e $(LEFT_OUT) ]]; then sed 's/^/== BUT NOT CHECKED: /' $(LEFT_OUT); fi

demo: rust-here ## The main job done on a file of 1,000 cards; ARGS=--stay keeps the node
	cargo build --locked --package vouchsafe-node --package vouchsafe-cli --bins
	$${CARGO_TARGET_DIR:-target}/debug/vouchsafe-node demo $(ARGS)

bench: rust-here ## Every figure of docs/performance.md, measured anew on this machine
	cargo build --release --locked --package vouchsafe-bench --package vouchsafe-node --package vouchsafe-cli --bins
	$${CARGO_TARGET_DIR:-target}/release/bench --write docs/performance.md

benchsmall: rust-here ## That every figure is still measured, with little work; says nothing of speed
	cargo build --locked --package vouchsafe-bench --package vouchsafe-node --package vouchsafe-cli --bins
	$${CARGO_TARGET_DIR:-target}/debug/bench --small

setup: rust-here node-here ## Install what a bare machine lacks
	@$(MAKE) -C contracts setup

# Only what is missing is installed, from Debian's packages, and only by root; everybody else is told.
define install
	missing=(); \
	for need in $(1); do command -v "$${need%%:*}" >/dev/null || missing+=("$${need#*:}"); done; \
	if (( $${#missing[@]} )); then \
		if (( EUID )) || ! command -v apt-get >/dev/null; then \
			echo "missing here: $${missing[*]}. Install these packages and run this again." >&2; exit 1; \
		fi; \
		apt-get update -qq; \
		DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends "$${missing[@]}"; \
	fi
endef

rust-here:
	@mkdir -p target
	@$(call install,cc:gcc c++:g++ git:git)
	@command -v cargo >/dev/null || { \
		echo 'Rust is missing: install 1.95 or newer with rustup, rustfmt and clippy included, and run this again.' >&2; \
		exit 1; }

node-here:
	@$(call install,node:nodejs npm:npm)
	@node -e 'process.exit(+(parseInt(process.versions.node) < 20))' || { \
		echo "Node.js $$(node --version) is too old: install 20 or newer and run this again." >&2; exit 1; }

lint: ## Format and lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

deny: $(CARGO_DENY) ## Licences, duplicate versions and sources of all dependencies; advisories where they can be had
	$(CARGO_DENY) --locked check licenses bans sources
	@if timeout 60 $(CARGO_DENY) --locked fetch db >target/advisories.log 2>&1; then \
		$(CARGO_DENY) --locked check --disable-fetch advisories; \
	else \
		tail -n 3 target/advisories.log >&2; \
		echo 'NOT CHECKED: security advisories, because the RustSec database can not be fetched from here' >&2; \
		echo 'security advisories of the dependencies: the RustSec database could not be fetched' >>$(LEFT_OUT); \
	fi

# Unoptimised, because it builds for longer than it ever runs.
$(CARGO_DENY):
	CARGO_PROFILE_DEV_DEBUG=0 cargo install cargo-deny --version $(CARGO_DENY_VERSION) --locked --debug --quiet \
		--root target/tools/cargo-deny-$(CARGO_DENY_VERSION) --target-dir target/tools/build
	@rm -rf target/tools/build

rust: $(NPM_DONE) ## Unit, property, conformance and end-to-end tests of all crates, and the examples in their docs
	@if cargo nextest --version >/dev/null 2>&1; then \
		echo 'cargo nextest run --workspace'; cargo nextest run --workspace --locked --no-fail-fast; \
		cargo test --workspace --locked --doc; \
	else \
		echo 'cargo test --workspace'; cargo test --workspace --locked --no-fail-fast; \
	fi

rfc6962: ## The published RFC 6962 vectors, where RFC6962_VECTORS names their folder (testdata of transparency-dev/merkle)
	@if [[ -n "$${RFC6962_VECTORS:-}" ]]; then \
		cargo test --workspace --locked --test merkle -- --ignored | tee target/rfc6962.log; \
		grep -q '^test result: ok. 1 passed' target/rfc6962.log; \
	else \
		echo 'NOT CHECKED: the published RFC 6962 vectors, because RFC6962_VECTORS does not name their folder' >&2; \
		echo 'the published RFC 6962 vectors: RFC6962_VECTORS does not name their folder' >>$(LEFT_OUT); \
	fi

$(NPM_DONE):
	@$(MAKE) -C contracts setup

page: node-here ## The page: its built files are what its sources make, its own judge, and a visitor in Chromium
	@$(call install,chromium:chromium)
	cargo build --locked --package vouchsafe-node --package vouchsafe-cli --bins
	cd node/page && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check && npm run --silent same
	@export VOUCHSAFE_BIN=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug CHROMIUM=$$(command -v chromium); \
	for suite in test test:browser; do \
		(cd node/page && npm run --silent $$suite) | tee target/page.log; \
		grep -q 'skipped 0' target/page.log || { echo 'the page: a test was left out' >&2; exit 1; }; \
	done

api: rust-here ## The HTTP description held against a live node with demo data, by schemathesis
	@$(call install,python3:python3)
	cargo build --locked --package vouchsafe-node --package vouchsafe-cli --bins
	tests/api/run

contracts: $(NPM_DONE) ## The contracts' tests, their gas, static analysis, and that the committed artefacts are theirs
	@mkdir -p target
	@$(MAKE) -C contracts test | tee target/contracts.log
	@sed -E 's/\x1b\[[0-9;]*m//g' target/contracts.log | \
		sed -nE 's/^Ran .* ([0-9]+) tests passed, ([0-9]+) failed, ([0-9]+) skipped.*/\1 passed, \2 failed, \3 skipped/p' | grep .
	@if $(MAKE) -C contracts slither-here >target/slither.log 2>&1; then \
		$(MAKE) -C contracts slither; \
	else \
		tail -n 3 target/slither.log >&2; \
		echo 'NOT CHECKED: static analysis of the contracts, because Slither can not be installed here (Python 3 with venv and pip)' >&2; \
		echo 'static analysis of the contracts: Slither could not be installed' >>$(LEFT_OUT); \
	fi

model: rust-here ## The model check of the fraud rules and the audit over 100,000 random ledgers; LEDGERS=1000000 for more
	FRAUD_LEDGERS=$(LEDGERS) cargo test --locked --package vouchsafe-protocol --test fraud --test audit

fuzz: ## Each parser of foreign bytes under libFuzzer; SECONDS=600 for longer
	fuzz/run $(SECONDS)

kill: $(NPM_DONE) ## A node killed again and again, and at each of its effects; ROUNDS=5000 for more
	cargo build --locked --package vouchsafe-node --package vouchsafe-cli --bins
	VOUCHSAFE_KILL_ROUNDS=$(ROUNDS) cargo test --locked --package vouchsafe-tests --test unbreakable -- \
		--nocapture --test-threads=1 kill:: large::

races: $(NPM_DONE) ## 64 clients at one voucher, again and again, held against a model; ROUNDS=3000 for more
	cargo build --locked --package vouchsafe-node --package vouchsafe-cli --bins
	VOUCHSAFE_RACE_ROUNDS=$(ROUNDS) cargo test --locked --package vouchsafe-tests --test unbreakable -- \
		--nocapture --test-threads=1 races::

soak: $(NPM_DONE) ## A node at full load; SECONDS=3600 for an hour. What it held of the machine is written to target/soak.json
	cargo build --locked --package vouchsafe-node --package vouchsafe-cli --bins
	VOUCHSAFE_SOAK_SECONDS=$(SECONDS) cargo test --locked --package vouchsafe-tests --test unbreakable -- \
		--nocapture soak::

clean: ## Remove all that was built
	cargo clean
	$(MAKE) -C contracts clean
