#!/usr/bin/env bash
# Links for Windows by zig, without what its linker does not know: the list of exports that maturin writes, an option of LLVM's own linker, and
# the old C library. Called by rustc; `ZIG_TARGET` is what to link for.
set -euo pipefail

arguments=()
for argument in "$@"; do
  case "$argument" in
    *.def | -Wl,--disable-auto-image-base | -lmsvcrt) ;;
    *) arguments+=("$argument") ;;
  esac
done
exec python3 -m ziglang cc -target "$ZIG_TARGET" -lunwind "${arguments[@]}"
