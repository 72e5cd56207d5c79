# Everything that CI checks. `make test` is the whole; each part can be run alone.
.PHONY: test setup format lint unit outside deny

test: setup format lint unit outside deny

# What a fresh Debian machine may lack. Nothing is installed that is there already.
setup:
	@rustup component list --installed 2>/dev/null | grep -q clippy || rustup component add clippy rustfmt

format:
	cargo fmt --all --check

# A test that cannot go on fails, and says what it saw.
IN_TESTS = -A clippy::unwrap_used -A clippy::expect_used -A clippy::panic -A clippy::print_stdout -A clippy::large_futures

lint:
	cargo clippy --workspace --lib --bins --locked -- -D warnings
	cargo clippy --workspace --all-targets --locked -- -D warnings $(IN_TESTS)
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

# Unit, property, law, truth, crash, contract, wire and doc tests; the real kills too.
unit:
	cargo test --workspace --locked

# A step from outside the workspace, as docs/adding-a-step.md describes it.
outside:
	cargo test --manifest-path examples/outside-step/Cargo.toml --target-dir target --locked

deny:
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --offline check bans licenses sources; else echo "cargo-deny is not installed: bans, licenses and sources are not checked here"; fi
