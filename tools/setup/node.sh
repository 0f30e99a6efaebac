# What package-lock.json names, in node_modules: Pyodide in all the versions that are tested, wasm-opt, TypeScript, the
# linter of JavaScript, and the driver of the browser.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_node() {
  if ! have node || ! have npm; then
    fail "node and npm are missing; install Node.js 20 or later from https://nodejs.org, then start again"
  fi
  local version key
  version="$(node --version)"
  [ "$(printf '%s' "$version" | tr -d v | cut -d. -f1)" -ge 20 ] || fail "Node.js $version is too old; 20 or later is needed"
  key="$root $version $(fingerprint package.json package-lock.json)"
  if is_done "$key" && [ -d node_modules ]; then
    return
  fi
  say "installing the packages of package-lock.json with npm"
  npm ci --no-audit --no-fund --loglevel=error >&2 || fail "npm ci failed"
  mark_done "$key"
  say "ready: Node.js $version"
}
