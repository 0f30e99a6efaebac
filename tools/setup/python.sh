# A virtual environment in .venv with what requirements-dev.txt names.
# PYTHON chooses the interpreter; else it is the newest on PATH or among pyenv's: what a reload can observe depends on it.
# Where there is a Python 3.11 as well, the oldest that is supported, .venv-oldest is for the behaviour suite.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_python() {
  local python oldest version key
  python="$(find_python <<<"$(printf '%s\n' "${PYTHON:-}" && candidates 3.15 3.14 3.13 3.12 && printf 'python3\npython3.11\n')")" ||
    fail "Python 3.11 or later is missing; install it, or name it: PYTHON=/path/to/python3"
  version="$("$python" -c 'import sys; print(sys.version.split()[0], sys.executable)')"
  oldest="$(find_python <<<"$(candidates 3.11)" || true)"
  key="$root $version ${oldest:-no 3.11} $(fingerprint requirements-dev.txt)"
  if is_done "$key" && [ -x .venv/bin/python ]; then
    return
  fi
  say "making .venv with Python $version"
  rm -rf .venv .venv-oldest
  "$python" -m venv .venv >&2 || fail "venv failed; on Debian it comes with 'apt-get install python3-venv'"
  say "installing the packages of requirements-dev.txt with pip"
  .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt >&2 || fail "pip failed"
  if [ -n "$oldest" ] && [[ "$version" != 3.11.* ]]; then
    setup_oldest "$oldest"
  fi
  mark_done "$key"
  say "ready: Python $version"
}

setup_oldest() {
  say "making .venv-oldest with $1"
  "$1" -m venv --without-pip .venv-oldest >&2 || fail "venv failed for $1"
  .venv/bin/pip --python .venv-oldest/bin/python install --quiet --disable-pip-version-check --constraint requirements-dev.txt \
    pytest networkx rich >&2 || fail "pip failed"
}

# Prints what interpreters of some versions may be called, in that order.
candidates() {
  local version
  for version in "$@"; do
    printf '%s\n' "python$version" "$HOME/.pyenv/versions/$version".*/bin/python3
  done
}

# Prints the first of some interpreters, a line each, that is there and new enough.
find_python() {
  local candidate
  while IFS= read -r candidate; do
    if have "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}
