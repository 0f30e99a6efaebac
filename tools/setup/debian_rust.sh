# Debian's compiler with std built from its own sources, for where rustup cannot download a target.
# std goes to a sysroot of our own, .cache/sysroot, which links to Debian's for everything else: nothing is written to
# /usr but by apt-get.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, part and cache come from tools/setup.sh

# Debian 12 has the current compiler under these names, in its security archive; they move together. rust-web-clippy
# is there because a linter reads only the metadata that its own compiler wrote.
debian_rust_packages=(rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy)

# use_debian_rust TARGET…: installs the compiler, builds std for the targets, and leaves the programs wasm-cargo and
# wasm-ld in .cache/bin.
use_debian_rust() {
  have apt-get || fail "no other way to a compiler with the wasm targets is known here; install rustup from https://rustup.rs"
  apt_install "${debian_rust_packages[@]}" || fail "Debian's compiler could not be installed"
  # Its linker for wasm is a link to the linker of the LLVM that it was built with, in a package of that name, which it
  # only suggests.
  apt_install "$(readlink /usr/bin/rust-lld)" || fail "Debian's linker for wasm could not be installed"

  local host
  host="$(/usr/bin/rustc -vV | sed -n 's/^host: //p')"
  mkdir -p "$cache/sysroot/bin" "$cache/sysroot/lib/rustlib"
  ln -sfn "/usr/lib/rustlib/$host" "$cache/sysroot/lib/rustlib/$host"
  ln -sfn /usr/lib/rustlib/src "$cache/sysroot/lib/rustlib/src"

  # clippy takes a compiler's path from its arguments only if the file is called rustc.
  write_program ../sysroot/bin/rustc <<END
#!/bin/sh
exec /usr/bin/rustc --sysroot '$cache/sysroot' "\$@"
END
  # SYSROOT is what clippy reads. The two others are unset because a cargo that started this one may have set them for
  # its own compiler.
  write_program wasm-cargo <<END
#!/bin/sh
unset RUSTUP_TOOLCHAIN LD_LIBRARY_PATH
export PATH="/usr/bin:\$PATH" RUSTC='$cache/sysroot/bin/rustc' SYSROOT='$cache/sysroot'
exec /usr/bin/cargo "\$@"
END
  write_program wasm-ld <<'END'
#!/bin/sh
exec /usr/bin/rust-lld -flavor wasm "$@"
END

  local target
  for target in "$@"; do
    build_std "$target"
  done
}

# build_std TARGET: compiles std for the target and puts it where plain `cargo build --target TARGET` finds it.
# RUSTC_BOOTSTRAP lets a stable compiler build its own std; nothing of ours is compiled with it. The bitcode is for LTO.
# A panic aborts, as in Cargo.toml; what is built for Emscripten becomes part of a dynamic library.
build_std() {
  local target="$1" flags="-C embed-bitcode=yes" crate="$cache/std/$1" to="$cache/sysroot/lib/rustlib/$1/lib"
  if [ "$target" = wasm32-unknown-emscripten ]; then
    flags+=" -C relocation-model=pic"
  fi
  say "building std for $target with $(/usr/bin/rustc --version | cut -d ' ' -f 1,2) (about a minute)"
  mkdir -p "$crate/src"
  cat >"$crate/Cargo.toml" <<'END'
[package]
name = "std-for-wasm"
version = "0.0.0"
edition = "2024"

[profile.release]
panic = "abort"

[workspace]
END
  printf '#![no_std]\n' >"$crate/src/lib.rs"
  if ! (cd "$crate" && RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags" "$cache/bin/wasm-cargo" build --release --quiet \
    --target-dir target -Zbuild-std=std,panic_abort --target "$target" >"$cache/std/$target.log" 2>&1); then
    tail -n 30 "$cache/std/$target.log" >&2
    fail "std for $target did not compile; the whole log is $cache/std/$target.log"
  fi
  rm -rf "$to"
  mkdir -p "$to"
  find "$crate/target/$target/release/deps" \( -name '*.rlib' -o -name '*.rmeta' \) ! -name 'libstd_for_wasm-*' \
    -exec cp {} "$to/" \;
  rm -rf "$crate"
}
