# Everything that CI checks. `make test` is the whole; each part can be run alone.
.PHONY: test setup format lint unit outside python bench-python deny

test: setup format lint unit outside python deny

# What a fresh Debian machine may lack. Nothing is installed that is there already.
setup:
	@rustup component list --installed 2>/dev/null | grep -q clippy || rustup component add clippy rustfmt

format:
	cargo fmt --all --check

lint:
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

# Unit, property, law, truth, crash, contract, wire and doc tests; the real kills too. More threads than cores: the tests of the
# command line wait for readings by the machine's clock. Not many more: those of the laboratory take each other's caches away.
unit:
	RUST_TEST_THREADS=16 cargo test --workspace --locked

# A step from outside the workspace, as docs/adding-a-step.md describes it.
outside:
	cargo test --manifest-path examples/outside-step/Cargo.toml --target-dir target --locked

# The Python package, in an environment that it makes itself: tests, types, stubs. It takes Python 3.11 or later and, on Debian,
# the package python3-venv.
PYTHON ?= python3
VENV = offboard-py/.venv
# More than cores: a third of the time the tests wait by the machine's clock.
WORKERS ?= 4
BUILT = $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)

$(VENV)/installed: offboard-py/requirements.txt
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or later with venv is needed: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement offboard-py/requirements.txt
	touch $@

# The command line is built with the feature that the tests of the workspace bring in: then it is built already.
python: $(VENV)/installed
	cargo build --workspace --bin offboard --features offboard-core/testing --locked
	cd offboard-py && VIRTUAL_ENV=$(CURDIR)/$(VENV) .venv/bin/maturin develop --quiet --locked
	cd offboard-py && OFFBOARD_BIN=$(BUILT)/debug/offboard .venv/bin/pytest --numprocesses $(WORKERS) --maxschedchunk 1
	cd offboard-py && .venv/bin/mypy python tests ../examples/python
	cd offboard-py && .venv/bin/python -m mypy.stubtest offboard --allowlist tests/stubtest.allow

# What Python adds to a run, as a ratio of pairs: both halves are release builds. Then the package is built
# again as `make python` has it.
bench-python: $(VENV)/installed
	cargo bench --package offboard --bench leavers --no-run --locked
	cd offboard-py && VIRTUAL_ENV=$(CURDIR)/$(VENV) .venv/bin/maturin develop --release --quiet --locked
	cd offboard-py && .venv/bin/python benches/overhead.py "$$(ls -t $(BUILT)/release/deps/leavers-* | grep -v '\.d$$' | head -n 1)"
	cd offboard-py && VIRTUAL_ENV=$(CURDIR)/$(VENV) .venv/bin/maturin develop --quiet --locked

deny:
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --offline check bans licenses sources; else echo "cargo-deny is not installed: bans, licenses and sources are not checked here"; fi
