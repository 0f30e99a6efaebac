# What tests/bundlers/package-lock.json names, in tests/bundlers/node_modules: bundlers, Bun, and an older TypeScript.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_bundlers() {
  local key
  key="$root $(node --version) $(fingerprint tests/bundlers/package.json tests/bundlers/package-lock.json)"
  if is_done "$key" && [ -d tests/bundlers/node_modules ]; then
    return
  fi
  say "installing the packages of tests/bundlers/package-lock.json with npm"
  npm ci --prefix tests/bundlers --no-audit --no-fund --loglevel=error >&2 || fail "npm ci failed"
  mark_done "$key"
  say "ready: $(node -p 'Object.keys(require("./tests/bundlers/package.json").devDependencies).join(", ")')"
}
