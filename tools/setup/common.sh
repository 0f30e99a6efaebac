# What the parts of the set-up share: messages, stamps, and installing Debian packages. Sourced by tools/setup.sh,
# which sets `root` (the clone) and `part` (the part at work).
# shellcheck shell=bash
# shellcheck disable=SC2154  # root and part are the caller's

cache="$root/.cache"
mkdir -p "$cache/bin" "$cache/stamps"

# Says what is about to happen, before it happens.
say() {
  printf 'set-up: %s: %s\n' "${part:-setup}" "$*" >&2
}

# Ends the set-up with what is missing and what to do about it.
fail() {
  printf 'set-up: %s: %s\n' "${part:-setup}" "$*" >&2
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# Whether the part was finished with the same inputs. The key holds everything that the part's result depends on.
is_done() {
  [ -f "$cache/stamps/$part" ] && [ "$(cat "$cache/stamps/$part")" = "$1" ]
}

mark_done() {
  printf '%s\n' "$1" >"$cache/stamps/$part"
}

# A short name for the content of files: cksum, because every Unix has it.
fingerprint() {
  cat "$@" | cksum
}

# Writes an executable script to .cache/bin; its body comes from standard input.
write_program() {
  cat >"$cache/bin/$1.new"
  chmod +x "$cache/bin/$1.new"
  mv "$cache/bin/$1.new" "$cache/bin/$1"
}

# Installs the Debian packages that are missing. Fails with the command that a person can run instead.
apt_install() {
  local missing=() package state
  for package in "$@"; do
    state="$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" || state=""
    [ "$state" = "install ok installed" ] || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0

  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! have sudo || ! sudo -n true 2>/dev/null; then
      say "this needs root: run 'sudo apt-get install ${missing[*]}', then start again"
      return 1
    fi
    sudo=(sudo -n)
  fi
  say "installing ${missing[*]} with apt-get"
  # An empty array counts as unset in the bash of macOS, hence the `+`.
  ${sudo[@]+"${sudo[@]}"} apt-get update -qq >&2 || return 1
  ${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --yes --no-install-recommends "${missing[@]}" >"$cache/apt-get.log" 2>&1 || {
    tail -n 20 "$cache/apt-get.log" >&2
    return 1
  }
}
