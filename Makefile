# Everything a person does here: `make help` lists it.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help app test lint bench power-cut fuzz bindings build setup check-mobile check-mobile-quick deny \
	fuzz-programs fuzz-header fuzz-key fuzz-wire ui-types ui-style ui-test formatting clippy programs \
	test-programs test-window

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

power-cut: ## cut the power 2,500 times, where `make test` does 150 times
	HOLDFAST_CUTS=2500 cargo test $(WORKSPACE) --test power_cut -- --nocapture

fuzz: fuzz-header fuzz-key fuzz-wire ## the parsers against made-up bytes, SECONDS_EACH=60 for each

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

# What a fuzz target does is in `tests/fuzz`. The flags let the fuzzer see what a run reached; stable
# Rust has them. An explicit target keeps them away from build scripts, a directory of its own from
# all other builds.
SECONDS_EACH ?= 60
FUZZ_HOST = $(shell rustc -vV | sed -n 's/^host: //p')
FUZZ_FLAGS := --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares

fuzz-programs:
	RUSTFLAGS='$(FUZZ_FLAGS)' cargo build --locked -p holdfast-fuzz --features fuzzer --bins --profile fuzz \
		--target $(FUZZ_HOST) --target-dir target/fuzz

# Ten seconds or 512 MiB for one input is a finding too.
fuzz-header fuzz-key fuzz-wire: fuzz-%: fuzz-programs
	mkdir -p target/fuzz-corpus/$* target/fuzz-crashes/$*
	target/fuzz/$(FUZZ_HOST)/fuzz/$* -max_total_time=$(SECONDS_EACH) -max_len=4096 -timeout=10 \
		-rss_limit_mb=512 -artifact_prefix=target/fuzz-crashes/$*/ -print_final_stats=1 \
		target/fuzz-corpus/$* tests/fuzz/corpus/$* || \
		{ echo 'fuzz: $* failed; the input is in target/fuzz-crashes/$*/' >&2; exit 1; }

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
	cargo clippy $(WORKSPACE) --all-targets --test window --test shell -- -D warnings

# Tests run the built programs. Built without the tests, a few shared crates would have fewer
# features, and cargo would build all that stands on them twice.
programs: ui/dist/index.html tests/age/node_modules/.installed
	cargo build $(WORKSPACE) --bins --tests --test window --test shell

test-programs: programs
	cargo test $(WORKSPACE) --no-fail-fast

# Without `-noreset` the display starts again whenever its last client leaves, and refuses who comes
# just then.
test-window: programs
	rm -rf artefacts/window
	xvfb-run -a -s '-screen 0 1600x1200x24 -noreset' \
		cargo test $(WORKSPACE) --test window --test shell --test memory -- --nocapture --test-threads=1

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
