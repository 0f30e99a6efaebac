# JupyterLite as tests/hosts/jupyterlite/requirements.txt names it, in .cache/jupyterlite/venv, and the wheels that its kernel wants.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_jupyterlite() {
  local key here=tests/hosts/jupyterlite
  key="$root $(.venv/bin/python --version) $(fingerprint $here/requirements.txt $here/site.py package-lock.json)"
  if is_done "$key" && [ -x "$cache/jupyterlite/venv/bin/python" ]; then
    return
  fi
  say "installing the packages of $here/requirements.txt with pip"
  rm -rf "$cache/jupyterlite"
  .venv/bin/python -m venv "$cache/jupyterlite/venv" >&2 || fail "venv failed"
  "$cache/jupyterlite/venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement $here/requirements.txt >&2 ||
    fail "pip failed"
  "$cache/jupyterlite/venv/bin/python" $here/site.py download >&2 || fail "pip could not download what JupyterLite's kernel wants"
  mark_done "$key"
  say "ready: JupyterLite $("$cache/jupyterlite/venv/bin/python" -c 'import jupyterlite_core; print(jupyterlite_core.__version__)')"
}
