# Two commands matter: `make run` (the map of the sample city) and `make test` (everything that can fail).
SHELL := /bin/bash
CARGO ?= cargo
LISTEN ?= 127.0.0.1:8080

.PHONY: run test test-rust test-web test-e2e bench soak check check-web web setup clean

run: web
	$(CARGO) run --release -- serve --listen $(LISTEN)

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

# The same build as the Rust tests: `cargo build` would compile again with other features.
test-e2e: test-web
	$(CARGO) test --no-run --quiet
	tests/e2e/run

bench: web
	$(CARGO) build --release
	$(CARGO) run --release --quiet -- bench

# The server killed hard under 64 writers, 500 times: nothing that it acknowledged may be lost.
KILLS ?= 500
soak:
	mkdir -p web/dist
	$(CARGO) bench --bench kill9 -- $(PARKPLAN) --kills $(KILLS)

check: check-web
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings

check-web: setup
	cd web && npm run --silent format:check && npm run --silent lint && npm run --silent check
	cd web && { [ ! -e ../openapi.json ] || npm run --silent types:check; }

clean:
	$(CARGO) clean
	rm -rf web/dist web/node_modules .venv
