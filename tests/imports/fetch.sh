#!/bin/sh
# Downloads the packages of requirements.txt and unpacks their Python files into .cache/imports/packages. Does nothing where
# that has been done.
set -eu
cd "$(dirname "$0")/../.."
requirements=tests/imports/requirements.txt
cache=.cache/imports
python=python3
[ -x .venv/bin/python ] && python=.venv/bin/python

if cmp -s "$requirements" "$cache/done.txt"; then
    exit 0
fi
rm -rf "$cache/packages" "$cache/done.txt"
mkdir -p "$cache/wheels" "$cache/packages"
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --platform any \
    --ignore-requires-python --requirement "$requirements" --dest "$cache/wheels"
"$python" - "$cache" <<'PYTHON'
import sys, zipfile
from pathlib import Path

cache = Path(sys.argv[1])
for wheel in sorted((cache / "wheels").glob("*.whl")):
    into = cache / "packages" / wheel.name.split("-")[0]
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into, [name for name in archive.namelist() if name.endswith(".py")])
PYTHON
cp "$requirements" "$cache/done.txt"
