# A virtual environment in .venv with what requirements-dev.txt names.
# PYTHON chooses the interpreter; else it is the first on PATH that is new enough.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_python() {
  local python version key
  python="$(find_python)" || fail "Python 3.11 or later is missing; install it, or name it: PYTHON=/path/to/python3"
  version="$("$python" -c 'import sys; print(sys.version.split()[0], sys.executable)')"
  key="$root $version $(fingerprint requirements-dev.txt)"
  if is_done "$key" && [ -x .venv/bin/python ]; then
    return
  fi
  say "making .venv with Python $version"
  rm -rf .venv
  "$python" -m venv .venv >&2 || fail "venv failed; on Debian it comes with 'apt-get install python3-venv'"
  say "installing the packages of requirements-dev.txt with pip"
  .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt >&2 || fail "pip failed"
  mark_done "$key"
  say "ready: Python $version"
}

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if have "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}
