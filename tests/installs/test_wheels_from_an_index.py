"""pip, uv and micropip install from a local index, or by an address, as users do; then README's example runs."""

import importlib.metadata
import json
import subprocess
import sys
import venv
from pathlib import Path

import index
import pytest

TOP = Path(__file__).resolve().parents[2]
PRINTED = ["ada", "/myapp/models/user.py", "loaded 3 modules"]
PYODIDES = [name for name in json.loads((TOP / "package.json").read_text())["devDependencies"] if "pyodide-" in name]
BY_NAME = {"pyodide-0.29", "pyodide-314", "pyodide-315"}


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assert_printed(text):
    lines = text.strip().splitlines()[-3:]
    assert [line.endswith(expected) for line, expected in zip(lines, PRINTED, strict=True)] == [True] * 3, text


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_a_desktop_gets_its_wheel_by_name(tool, address, python_example, tmp_path, row):
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    install = {
        "pip": [
            sys.executable,
            "-m",
            "pip",
            "--python",
            python,
            "install",
            "--disable-pip-version-check",
            "--no-cache-dir",
        ],
        "uv": [Path(sys.executable).parent / "uv", "pip", "install", "--python", python, "--no-cache"],
    }[tool]
    run(*install, "--index-url", f"{address}/simple/", "--only-binary", ":all:", "pyautoload_wasm", cwd=tmp_path)
    (tmp_path / "example.py").write_text(python_example)
    assert_printed(run(python, "example.py", cwd=tmp_path))
    version, how = importlib.metadata.version(tool), {"pip": "pip install", "uv": "uv pip install"}[tool]
    row(
        f"`{how} pyautoload_wasm` ({tool} {version})",
        f"CPython {sys.version.split()[0]}, {sys.platform}",
        "runs",
    )


@pytest.mark.parametrize("pyodide", PYODIDES)
def test_a_pyodide_gets_its_wheel(pyodide, address, python_example, tmp_path, row):
    version = pyodide.removeprefix("pyodide-")
    what = "pyautoload_wasm" if pyodide in BY_NAME else f"{address}/files/{index.older().name}"
    (tmp_path / "example.py").write_text(python_example)
    script = TOP / "tests/installs/pyodide.mjs"
    printed = run("node", script, version, f"{address}/simple", what, tmp_path / "example.py", cwd=TOP)
    assert_printed(printed)
    name, python = printed.strip().splitlines()[0].split()
    how = '`micropip.install("pyautoload_wasm")`' if pyodide in BY_NAME else "`micropip.install(address)`"
    row(how, f"Pyodide {name}, Python {python}", "runs")


def test_pypi_would_take_all_that_the_index_has():
    assert all("_wasm32" not in file.name or "-pyemscripten_" in file.name for file in index.published())
    assert len(index.published()) >= 3
