# The Rust that compiles to wasm32-unknown-unknown, left as the program .cache/bin/wasm-cargo.
# The ordinary way is the compiler that is there already, with the target added by rustup. Where rustup cannot download
# the target, Debian's compiler comes with the sources of std, from which the target is built: tools/setup/debian_rust.sh.
# PYAUTOLOAD_RUST=debian takes the second way at once, so that it can be tested on a machine where the first works.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

setup_rust() {
  if ! have cargo || ! have rustc; then
    fail "cargo and rustc are missing; get them from https://rustup.rs, then start again"
  fi
  local target="wasm32-unknown-unknown" key
  key="$root $(rustc --version) $(rustc --print sysroot) ${PYAUTOLOAD_RUST:-any} $(fingerprint tools/setup/rust.sh tools/setup/debian_rust.sh)"
  if is_done "$key" && [ -x "$cache/bin/wasm-cargo" ]; then
    return
  fi

  if [ "${PYAUTOLOAD_RUST:-any}" != debian ] && rust_has_target "$target"; then
    write_program wasm-cargo <<'END'
#!/bin/sh
exec cargo "$@"
END
  else
    # shellcheck source=tools/setup/debian_rust.sh
    source tools/setup/debian_rust.sh
    use_debian_rust
    build_std "$target" "-C embed-bitcode=yes"
  fi
  mark_done "$key"
  say "ready: $("$cache/bin/wasm-cargo" --version) for $target"
}

# Whether the compiler on PATH has std for the target, after rustup was asked for it.
rust_has_target() {
  if has_std "$1"; then
    return 0
  fi
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

has_std() {
  local dir
  dir="$(rustc --print target-libdir --target "$1")"
  compgen -G "$dir/libstd-*.rlib" >/dev/null
}
