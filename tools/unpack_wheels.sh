#!/bin/sh
# unpack_wheels.sh REQUIREMENTS DIR: downloads the wheels of a requirements file and unpacks their Python files, each into
# DIR/packages/NAME. Does nothing where that has been done.
set -eu
cd "$(dirname "$0")/.."
requirements=$1
cache=$2
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
