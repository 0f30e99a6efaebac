#!/usr/bin/env bash
# Builds the wheels for Linux, macOS and Windows on one Linux machine, into dist/cross/: zig is the C compiler and has the C libraries. The pipeline
# builds each on its own system; this shows that they can be built at all, without it.
#
#   tools/cross_wheels.sh                         all
#   tools/cross_wheels.sh aarch64-unknown-linux-gnu    this one
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh rust python
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement tools/cross/requirements.txt
# maturin looks for `python3 -m ziglang`.
export PATH="$PWD/.venv/bin:$PATH"

build() {
  local target="$1" compatibility="$2" part
  for part in ${3:-"$target"}; do
    rustup target add "$part"
  done
  .venv/bin/maturin build --locked --zig --target "$target" --compatibility "$compatibility" --out dist/cross
}

# maturin's --zig stops at the list of exports that it writes for Windows.
build_for_windows() {
  local target="$1" linker
  rustup target add "$target"
  linker="$(printf '%s' "CARGO_TARGET_${target}_LINKER" | tr 'a-z-' 'A-Z_')"
  env "$linker=$PWD/tools/cross/zig_linker.sh" "ZIG_TARGET=${target%%-*}-windows-gnu" \
    .venv/bin/maturin build --locked --target "$target" --out dist/cross
}

targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
  targets=({x86_64,aarch64}-unknown-linux-{gnu,musl} universal2-apple-darwin {x86_64,aarch64}-pc-windows-gnullvm)
fi
for target in "${targets[@]}"; do
  case "$target" in
    *-linux-gnu) build "$target" manylinux_2_28 ;;
    *-linux-musl) build "$target" musllinux_1_2 ;;
    universal2-apple-darwin) build "$target" off "x86_64-apple-darwin aarch64-apple-darwin" ;;
    *-pc-windows-gnullvm) build_for_windows "$target" ;;
    *)
      printf '%s\n' "cross_wheels.sh: no wheel for '$target' is built here" >&2
      exit 1
      ;;
  esac
done
