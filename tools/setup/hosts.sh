# The hosts in which the packages are tested: what tests/hosts/package-lock.json names in tests/hosts/node_modules, and what
# tests/hosts/requirements.txt names in .cache/hosts.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_hosts() {
  local key host
  key="$root $(node --version) $(.venv/bin/python --version) $(fingerprint tests/hosts/package-lock.json tests/hosts/requirements.txt tests/hosts/*/wheels.txt)"
  if is_done "$key" && [ -d tests/hosts/node_modules ] && [ -d "$cache/hosts" ] && [ -d "$cache/wheels-of-streamlit" ]; then
    return
  fi
  say "installing the packages of tests/hosts/package-lock.json with npm"
  npm ci --prefix tests/hosts --no-audit --no-fund --loglevel=error >&2 || fail "npm ci failed"
  say "installing the packages of tests/hosts/requirements.txt with uv"
  rm -rf "$cache/hosts"
  .venv/bin/uv venv --quiet --python .venv/bin/python "$cache/hosts" >&2 || fail "uv could not make an environment"
  .venv/bin/uv pip install --quiet --no-deps --python "$cache/hosts/bin/python" --requirement tests/hosts/requirements.txt >&2 ||
    fail "uv could not install tests/hosts/requirements.txt"
  for host in marimo streamlit; do
    say "downloading the packages of tests/hosts/$host/wheels.txt with pip"
    rm -rf "$cache/wheels-of-$host"
    .venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.14 \
      --platform pyemscripten_2026_0_wasm32 --platform any --dest "$cache/wheels-of-$host" \
      --requirement "tests/hosts/$host/wheels.txt" >&2 || fail "pip could not download tests/hosts/$host/wheels.txt"
  done
  # marimo exports with this version of ruff, which uv keeps.
  .venv/bin/uv tool run --quiet --from ruff==0.15.18 --python .venv/bin/python ruff --version >&2 || fail "uv could not install ruff"
  mark_done "$key"
  say "ready: PyScript, stlite, marimo and Streamlit"
}
