# micropip and packaging as each Pyodide of node_modules brings them, as wheels in .cache/wheels: Pyodide itself would load
# them from a CDN, and the tests use no network. Its lock file says which versions.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_micropip() {
  local key lock alias python requirements
  key="$root $(fingerprint package-lock.json tools/setup/micropip.sh)"
  if is_done "$key" && [ -d "$cache/wheels" ]; then
    return
  fi
  say "downloading micropip for each Pyodide with pip"
  rm -rf "$cache/wheels"
  for lock in node_modules/pyodide-*/pyodide-lock.json; do
    alias="$(basename "$(dirname "$lock")")"
    read -r python requirements < <(node -p '
      const { info, packages } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
      const pin = (name) => `${name}==${packages[name].version}`;
      [info.python.split(".").slice(0, 2).join("."), pin("micropip"), pin("packaging")].join(" ")' "$lock")
    # shellcheck disable=SC2086  # two requirements
    .venv/bin/pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version "$python" \
      --dest "$cache/wheels/$alias" $requirements >&2 || fail "pip could not download $requirements"
  done
  mark_done "$key"
  say "ready: $(find "$cache/wheels" -name 'micropip-*.whl' | wc -l) versions of Pyodide can install wheels"
}
