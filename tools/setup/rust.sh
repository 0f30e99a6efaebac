# The compiler of rust-toolchain.toml; and the Rust that compiles to WebAssembly, left as the programs .cache/bin/wasm-cargo and
# .cache/bin/wasm-ld.
# The ordinary way is the compiler that is there already, with the targets added by rustup. Where rustup cannot download
# them, Debian's compiler comes with the sources of std, from which they are built: tools/setup/debian_rust.sh.
# PYAUTOLOAD_RUST=debian takes the second way at once, so that it can be tested on a machine where the first works.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_rust() {
  if ! have cargo || ! have rustc; then
    fail "cargo and rustc are missing; get them from https://rustup.rs, then start again"
  fi
  ensure_toolchain
  local key
  key="$root $(rustc --version) $(rustc --print sysroot) ${PYAUTOLOAD_RUST:-any}"
  key+=" $(fingerprint tools/setup/rust.sh tools/setup/debian_rust.sh)"
  if is_done "$key" && [ -x "$cache/bin/wasm-cargo" ] && [ -x "$cache/bin/wasm-ld" ]; then
    return
  fi

  # The engine for JavaScript, and the extension for Pyodide's Python.
  local targets=(wasm32-unknown-unknown wasm32-unknown-emscripten)
  local linker
  if [ "${PYAUTOLOAD_RUST:-any}" != debian ] && have_all_std "${targets[@]}" && linker="$(find_wasm_ld)"; then
    write_program wasm-cargo <<'END'
#!/bin/sh
exec cargo "$@"
END
    write_program wasm-ld <<END
#!/bin/sh
exec '$linker' "\$@"
END
  else
    # shellcheck source=tools/setup/debian_rust.sh
    source tools/setup/debian_rust.sh
    use_debian_rust "${targets[@]}"
  fi
  mark_done "$key"
  say "ready: $("$cache/bin/wasm-cargo" --version) for ${targets[*]}"
}

# Where rustup chooses the compiler, the one of rust-toolchain.toml has to be there. One that is installed under another name,
# as `stable` is for a while, is taken for this folder before anything is downloaded: rustup itself does not look for that.
ensure_toolchain() {
  local wanted toolchain
  wanted="$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)"
  if ! is_from_rustup || [ -n "${RUSTUP_TOOLCHAIN:-}" ] || [ "$(installed_version)" = "$wanted" ]; then
    return
  fi
  for toolchain in $(rustup toolchain list | cut -d ' ' -f 1); do
    if [ "$(installed_version "+$toolchain")" = "$wanted" ]; then
      say "taking rustup's toolchain $toolchain for this folder, as it is Rust $wanted"
      rustup override set "$toolchain" --path "$root" >"$cache/rustup.log" 2>&1 || fail "$(tail -n 1 "$cache/rustup.log")"
      return
    fi
  done
  if [ "${RUSTUP_AUTO_INSTALL:-1}" = 0 ]; then
    fail "Rust $wanted is not installed, and RUSTUP_AUTO_INSTALL=0; run 'rustup toolchain install $wanted', then start again"
  fi
  say "installing Rust $wanted with rustup"
  rustup override unset --path "$root" >"$cache/rustup.log" 2>&1
  rustup toolchain install "$wanted" --profile minimal --component clippy --component rustfmt >"$cache/rustup.log" 2>&1 ||
    fail "rustup could not install Rust $wanted ($(tail -n 1 "$cache/rustup.log"))"
}

# Whether rustc is rustup under another name, and not a distribution's.
is_from_rustup() {
  have rustup && [ "$(command -v rustc)" -ef "$(command -v rustup)" ]
}

# installed_version [+TOOLCHAIN]: of rustc; nothing where rustup would have to download it first.
installed_version() {
  RUSTUP_AUTO_INSTALL=0 rustc "$@" --version 2>/dev/null | cut -d ' ' -f 2
}

# Whether the compiler on PATH has std for all the targets, or gets it.
have_all_std() {
  local target
  for target in "$@"; do
    has_std "$target" || add_std "$target" || return 1
  done
}

has_std() {
  local dir
  dir="$(rustc --print target-libdir --target "$1")"
  compgen -G "$dir/libstd-*.rlib" >/dev/null
}

add_std() {
  if ! have rustup; then
    say "no rustup here that could add the target $1"
    return 1
  fi
  say "adding the target $1 with rustup"
  if ! rustup target add "$1" >"$cache/rustup.log" 2>&1; then
    say "rustup could not add it ($(tail -n 1 "$cache/rustup.log"))"
    return 1
  fi
  has_std "$1"
}

# rustup's compiler brings its own; a distribution's is used with the one of its LLVM.
find_wasm_ld() {
  local own
  own="$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/gcc-ld/wasm-ld"
  if [ -x "$own" ]; then
    printf '%s\n' "$own"
  elif ! command -v wasm-ld; then
    say "$(command -v rustc) comes without wasm-ld"
    return 1
  fi
}
