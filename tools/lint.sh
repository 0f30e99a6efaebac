#!/usr/bin/env bash
# Format checks and linters of all the languages, one after the other; the first fault ends it. `tools/lint.sh --fix`
# writes what a tool can mend by itself before it checks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() {
  printf '%s\n' "lint: $*" >&2
  "$@"
}

mapfile -t scripts < <(git ls-files -- '*.sh' .ci/run)

if [ "${1:-}" = --fix ]; then
  step cargo fmt --all
  step .venv/bin/ruff format --quiet .
  step .venv/bin/ruff check --quiet --fix .
  step node_modules/.bin/biome check --write
fi

step cargo fmt --all --check
step cargo clippy --quiet --workspace --all-targets -- --deny warnings
step .venv/bin/ruff format --check .
step .venv/bin/ruff check .
step .venv/bin/mypy
step node_modules/.bin/biome check --error-on-warnings
step node_modules/.bin/tsc --project tsconfig.json --noEmit
step node_modules/.bin/tsc --project www/tsconfig.json
step .venv/bin/shellcheck --external-sources "${scripts[@]}"
