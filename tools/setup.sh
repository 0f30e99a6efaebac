#!/usr/bin/env bash
# Installs what the build, the tests and the linters need, and nothing twice: a part that is done costs some
# milliseconds. How each part is done stands in tools/setup/PART.sh; what they share, in tools/setup/common.sh.
#
#   tools/setup.sh            all parts
#   tools/setup.sh rust node  these parts
#
# Everything lands inside the clone (node_modules/, .venv/, .cache/), but for what rustup and apt-get install. Programs
# that were looked for are left as small scripts in .cache/bin/, so that the Makefile and the tests need not look again.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

all_parts=(rust node python chromium micropip bundlers hosts jupyterlite)

# shellcheck source=tools/setup/common.sh
source tools/setup/common.sh

parts=("$@")
if [ "${#parts[@]}" -eq 0 ]; then
  parts=("${all_parts[@]}")
fi

for part in "${parts[@]}"; do
  case " ${all_parts[*]} " in
    *" $part "*) ;;
    *) fail "there is no part '$part'; the parts are: ${all_parts[*]}" ;;
  esac
  # shellcheck source=/dev/null
  source "tools/setup/$part.sh"
  "setup_$part" </dev/null
done
