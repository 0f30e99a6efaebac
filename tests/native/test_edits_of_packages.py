"""Large packages that nobody here wrote are edited while all of them are loaded: no reload fails, and no function keeps old code."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
FOLDERS = TOP / ".cache/packages/packages"


@pytest.mark.parametrize(
    ("package", "modules", "edits", "objects"),
    [
        ("django", 600, 12, "stay"),  # without settings, and so with proxies that raise
        ("sqlalchemy", 200, 6, "follow"),  # without greenlet, so that a package fails
        ("sphinx", 200, 30, "follow"),
        ("pylint", 150, 30, "stay"),
        ("docutils", 100, 40, "follow"),
        ("astroid", 80, 40, "follow"),
        ("mpmath", 40, 40, "follow"),
        ("tomlkit", 10, 60, "stay"),
    ],
)
def test_what_runs_is_what_the_files_say(package, modules, edits, objects, tmp_path):
    shutil.copytree(FOLDERS / package / package, tmp_path / package)
    needed = [str(folder) for folder in sorted(FOLDERS.iterdir()) if folder.name != package]
    program = TOP / "tests/native/edits_of_packages.py"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", program, package, tmp_path, "1", str(edits), objects, *needed],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["wrong"] == []
    assert found["loaded"] >= modules
    assert sum(found["steps"].values()) == edits
