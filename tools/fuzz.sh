#!/usr/bin/env bash
# Lets each target of fuzz/ look for inputs that show a fault, one after the other; the first fault ends it.
#
#   tools/fuzz.sh                       all targets, ten minutes each
#   tools/fuzz.sh imports zip           these targets
#   FUZZ_RUNS=10000000 tools/fuzz.sh    so many inputs each
#
# The targets in Rust are libFuzzer's. A stable compiler can tell it which code an input reaches; what only a nightly one could add is
# AddressSanitizer, and nothing here is unsafe. Inputs that reach new code are kept in .cache/fuzz/TARGET. One that shows a fault is
# written to .cache/fuzz/TARGET-crash-…, and belongs in fuzz/seeds/TARGET once the fault is fixed: `make test` takes all seeds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

host="$(rustc -vV | sed -n 's/^host: //p')"

# The flags are those of `cargo fuzz --sanitizer none`. The build for a named target leaves build scripts as they are.
build() {
  RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares" \
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=3 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
    CARGO_PROFILE_RELEASE_DEBUG=1 CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true \
    cargo build --quiet --package fuzz --features libfuzzer --bins --release --target "$host" --target-dir target/fuzz
}

# libfuzzer TARGET: begins with the seeds, and with what earlier runs have found.
libfuzzer() {
  local found=".cache/fuzz/$1" length=(-max_total_time="${FUZZ_SECONDS:-600}")
  [ -z "${FUZZ_RUNS:-}" ] || length=(-runs="$FUZZ_RUNS")
  mkdir -p "$found"
  "target/fuzz/$host/release/$1" -artifact_prefix="$found-" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
    "${length[@]}" "$found" "fuzz/seeds/$1"
}

# zip: no libFuzzer for JavaScript, so it makes its archives up, from another seed each time.
zip() {
  node fuzz/zip.mjs --inputs "${FUZZ_RUNS:-4000000}" --seed "$((RANDOM * 32768 + RANDOM))"
}

targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
  targets=(names globs imports protocol graph zip)
fi
build
for target in "${targets[@]}"; do
  printf '%s\n' "fuzz: $target" >&2
  case "$target" in
    zip) zip ;;
    names | globs | imports | protocol | graph) libfuzzer "$target" ;;
    *)
      printf '%s\n' "fuzz: there is no target '$target'" >&2
      exit 1
      ;;
  esac
done
