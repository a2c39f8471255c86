# Everything a person does here: `make help` lists it.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help app test lint bench bindings build setup check-mobile check-mobile-quick deny \
	ui-types ui-style ui-test formatting clippy programs test-programs test-window

# The same packages and features every time: cargo would rebuild for any other choice.
WORKSPACE := --workspace --features holdfast-shell/custom-protocol --locked

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 22

app: ## build everything and open the app, ready to join a demo coalition on this machine
	@scripts/app

test: ## every check: interface, style, tests, journeys, the real window, phones
	@scripts/test

lint: ui-types ui-style formatting clippy ## formatting, clippy, the interface's own checks

bench: ## the figures, each against its peer
	cargo bench --locked -p holdfast-seal -p holdfast-vault -p holdfast-endpoint

bindings: ## write the interface's types again after the command surface changed
	cargo run --quiet --locked -p holdfast-app --example bindings > target/bindings.ts
	mv target/bindings.ts ui/src/lib/bindings.ts

build: ui/dist/index.html ## the interface and the programs
	cargo build $(WORKSPACE)

setup: ## the system packages and tools that building needs
	@scripts/setup

check-mobile: ui/dist/index.html ## type-check the app for Android and iOS
	scripts/check-mobile

check-mobile-quick: ui/dist/index.html ## type-check the app for Android
	scripts/check-mobile --quick

deny: ## advisories, licences, bans and sources, with cargo-deny
	cargo deny check

# The parts of `make test` and `make lint`.

ui-types: ui/node_modules/.installed
	npm --prefix ui run check

ui-style: ui/node_modules/.installed
	npm --prefix ui run lint

ui-test: ui/node_modules/.installed
	npm --prefix ui test

formatting:
	cargo fmt --all --check

clippy: ui/dist/index.html
	cargo clippy $(WORKSPACE) --all-targets --test window -- -D warnings

# Tests run the built programs. Built without the tests, a few shared crates would have fewer
# features, and cargo would build all that stands on them twice.
programs: ui/dist/index.html tests/age/node_modules/.installed
	cargo build $(WORKSPACE) --bins --tests --test window

test-programs: programs
	cargo test $(WORKSPACE) --no-fail-fast

test-window: programs
	rm -rf artefacts/window
	xvfb-run -a -s '-screen 0 1600x1200x24' \
		cargo test $(WORKSPACE) --test window -- --nocapture --test-threads=1

# The interface: installed again when its lock file changes, built again when a source does.
ui/node_modules/.installed: ui/package-lock.json
	npm --prefix ui ci --no-audit --no-fund
	touch $@

UI_SOURCES := $(shell find ui \( -name node_modules -o -name 'dist*' \) -prune -o -type f -print)

ui/dist/index.html: ui/node_modules/.installed $(UI_SOURCES)
	npm --prefix ui run build
	touch $@

# The other age that the tests hold ours against.
tests/age/node_modules/.installed: tests/age/package-lock.json
	npm --prefix tests/age ci --no-audit --no-fund
	touch $@
