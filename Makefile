# Two commands matter: `make run` (the map of the sample city) and `make test` (everything that can fail).
# `make install` and `make package` are for those who run it for others.
SHELL := /bin/bash
CARGO ?= cargo
LISTEN ?= 127.0.0.1:8080
PREFIX ?= /usr/local
DESTDIR ?=
# Properties are tried with the same random cases in every run, so that a red run is about the change. `make soak` and a bare `cargo test` take other ones.
export PROPTEST_RNG_SEED ?= 2024

.PHONY: run test test-rust test-web test-e2e test-clients siege bench soak rounds fuzz openapi check check-web web setup release install package clean

# Built in a few minutes rather than to the last twentieth of speed.
run: web
	$(CARGO) run --profile quick -- serve --listen $(LISTEN)

release: web
	$(CARGO) build --release --locked

# Only copies, so that `make release` as oneself and `sudo make install` need no toolchain of root's.
install:
	@[ -x target/release/parkplan ] || { echo "install: build it first: make release" >&2; exit 1; }
	install -D -m 755 target/release/parkplan "$(DESTDIR)$(PREFIX)/bin/parkplan"

package: release
	scripts/package target/release/parkplan target/package
	scripts/supply sbom target/package/parkplan.cdx.json

setup:
	scripts/setup run

web: setup
	cd web && { [ -e dist/index.html ] && [ -z "$$(find src index.html package-lock.json vite.config.ts -newer dist/index.html -print -quit)" ] || npm run --silent build; }

test: test-web test-rust test-e2e
	@echo "all tests passed"

test-web:
	scripts/setup test
	cd web && npm run --silent check && npm test --silent && npm run --silent build

test-rust:
	scripts/setup test
	mkdir -p web/dist
	$(CARGO) test --no-fail-fast

# A served city as GDAL, QGIS's library and OWSLib read it; their wheels go into an environment of their own.
test-clients:
	$(CARGO) build --quiet
	tests/clients/run

# The same build as the Rust tests: `cargo build` would compile again with other features.
test-e2e: test-web
	$(CARGO) test --no-run --quiet
	tests/e2e/run

bench: release
	$(CARGO) run --release --quiet -- bench

# The properties with cases never tried before, then the server killed hard under 64 writers, 500 times: nothing that it acknowledged may be lost.
KILLS ?= 500
soak:
	mkdir -p web/dist
	env -u PROPTEST_RNG_SEED $(CARGO) test --no-fail-fast --lib
	$(CARGO) bench --bench kill9 -- $(PARKPLAN) --kills $(KILLS)

# Imports and exports that are killed, interrupted or out of room at random moments.
ROUNDS ?= 200
SEED ?= 1
rounds:
	mkdir -p web/dist
	ROUNDS=$(ROUNDS) SEED=$(SEED) $(CARGO) test --test all -- rounds::many_rounds --ignored --nocapture

# Each of our own readers for some minutes under libFuzzer (`cargo install cargo-fuzz`, a nightly toolchain), then damaged files through the
# confined reader. SEEDS: folders of files to begin with.
MINUTES ?= 10
SEEDS ?= tests
fuzz:
	mkdir -p web/dist
	fuzz/run $(MINUTES) $(SEEDS)
# A server under siege for five minutes: silent and slow clients, bombs and floods. SIEGE=20 is enough to see that it runs.
SIEGE ?= 300
siege: release
	tests/siege/siege.py $(or $(PARKPLAN),target/release/parkplan) --seconds $(SIEGE)

# The document of the API as it is committed, from the program's routes.
openapi:
	mkdir -p web/dist
	PARKPLAN_WRITE_OPENAPI=1 $(CARGO) test --quiet --test all api::contract::the_committed_document

check: check-web
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	scripts/supply check
	scripts/supply advisories

check-web: setup
	cd web && npm run --silent format:check && npm run --silent lint && npm run --silent check
	cd web && { [ ! -e ../openapi.json ] || npm run --silent types:check; }

clean:
	$(CARGO) clean
	rm -rf web/dist web/node_modules .venv
