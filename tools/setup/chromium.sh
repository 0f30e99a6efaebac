# A Chromium for the tests of pages, left as the program .cache/bin/chromium.
# CHROMIUM names one; else one that is installed is taken; else apt-get installs Debian's.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_chromium() {
  local program key
  key="$root ${CHROMIUM:-any} $(fingerprint tools/setup/chromium.sh)"
  if is_done "$key" && [ -x "$cache/bin/chromium" ]; then
    return
  fi
  if ! program="$(find_chromium)"; then
    have apt-get || fail "no Chromium was found; install one, or name it: CHROMIUM=/path/to/chromium"
    apt_install chromium || fail "Chromium could not be installed; install one, or name it: CHROMIUM=/path/to/chromium"
    program="$(find_chromium)" || fail "apt-get installed chromium, but no such program is on PATH"
  fi
  write_program chromium <<END
#!/bin/sh
exec '$program' "\$@"
END
  mark_done "$key"
  say "ready: $("$cache/bin/chromium" --version 2>/dev/null)"
}

find_chromium() {
  local candidate
  if [ -n "${CHROMIUM:-}" ]; then
    have "$CHROMIUM" || fail "CHROMIUM names '$CHROMIUM', which is no program"
    command -v "$CHROMIUM"
    return
  fi
  for candidate in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    if have "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}
