"""Every module of large packages that nobody here wrote comes out alike, whether CPython's finder imports it or ours."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
FOLDERS = TOP / ".cache/packages/packages"


def start(finder, package, cwd):
    """Imports the package's modules in a process of its own."""
    folders = [str(FOLDERS / package), *(str(folder) for folder in sorted(FOLDERS.iterdir()) if folder.name != package)]
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", str(TOP / "tests/native/every_module.py"), finder, package, *folders],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
    )


@pytest.mark.parametrize(
    ("package", "modules", "failing"),
    [
        ("django", 800, 170),
        ("mypy", 150, 60),
        ("pylint", 150, 20),
        ("sphinx", 200, 20),
        ("sqlalchemy", 200, 60),
        ("sympy", 1400, 30),
    ],
)
def test_all_modules_are_as_cpython_makes_them(package, modules, failing, tmp_path):
    """At most so many may fail, which is when something that they need is not installed."""
    runs = [start(finder, package, tmp_path) for finder in ("stock", "ours")]
    found = []
    for run in runs:
        out, error = run.communicate()
        assert run.returncode == 0, error
        found.append(json.loads(out.splitlines()[-1]))
    stock, ours = found
    assert len(stock) >= modules
    assert sum(isinstance(facts, str) for facts in stock.values()) <= failing
    assert {name: (stock[name], ours[name]) for name in stock if stock[name] != ours[name]} == {}
