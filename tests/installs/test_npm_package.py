"""The packed npm package is installed by npm and Bun, and runs README's first example in Node, Bun and Deno."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
BUN = TOP / "tests/bundlers/node_modules/.bin/bun"
DENO = Path(sys.executable).parent / "deno"


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def tarball(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tarball")
    (packed,) = json.loads(run("npm", "pack", "--json", "--pack-destination", folder, cwd=TOP / "pkg"))
    return folder / packed["filename"]


@pytest.mark.parametrize(
    ("runtime", "install", "start"),
    [
        ("Node", ["npm", "install", "--offline", "--no-audit", "--no-fund"], ["node", "example.mjs"]),
        ("Bun", [BUN, "add"], [BUN, "run", "example.mjs"]),
        # Deno has npm's packages from the folder that package.json's own tool has filled.
        (
            "Deno",
            ["npm", "install", "--offline", "--no-audit", "--no-fund"],
            [DENO, "run", "--allow-read", "--allow-env", "--node-modules-dir=manual", "--no-remote", "example.mjs"],
        ),
    ],
)
def test_readmes_first_example_runs(runtime, install, start, tarball, javascript_example, tmp_path, row):
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}')
    run(*install, tarball, cwd=tmp_path)
    shutil.copytree((TOP / "node_modules/pyodide-314").resolve(), tmp_path / "node_modules/pyodide")
    (tmp_path / "example.mjs").write_text(javascript_example)
    assert run(*start, cwd=tmp_path).strip().splitlines()[-1] == "ada"
    version = run(start[0], "--version", cwd=tmp_path).split("\n")[0].removeprefix("deno ").split(" ")[0].lstrip("v")
    row(f"`{Path(install[0]).name} {install[1]} pyautoload-wasm`", f"{runtime} {version}", "runs")
