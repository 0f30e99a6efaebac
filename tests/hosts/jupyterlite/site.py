"""An offline JupyterLite with a working Python kernel, from what PyPI and npm have.

    site.py download    the wheels that the kernel wants, once
    site.py build       the site, with the wheels in dist/; nothing where that is done

The site has our extension, and our wheel twice: in it, and in an index of the site's own. The server takes one of them away.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[3]
CACHE = TOP / ".cache" / "jupyterlite"
PYODIDE = TOP / "node_modules" / "pyodide-314"
#: What the kernel asks Pyodide for when it starts.
PACKAGES = ["ipython", "jedi", "micropip", "packaging"]
#: What it asks for that Pyodide's lock file lacks.
EXTRA = {"comm": "0.2.3"}
CORE = ("pyodide.mjs", "pyodide.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "package.json")
CONFIGURATION = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "exposeAppInBrowser": True,
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}},
    },
}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def download():
    """The wheels, and a lock file that names them: the one of Pyodide names files of a CDN."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text())
    known = {normal(name): entry for name, entry in lock["packages"].items()}
    wanted, missing = {}, list(PACKAGES)
    while missing:
        name = normal(missing.pop())
        if name not in wanted:
            wanted[name] = known[name]
            missing += known[name]["depends"]
    for name, version in EXTRA.items():
        wanted[name] = known["traitlets"] | {
            "name": name,
            "version": version,
            "imports": [name],
            "depends": ["traitlets"],
        }
    wheels = CACHE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    pins = [f"{entry['name']}=={entry['version']}" for entry in wanted.values()]
    options = [
        "--no-deps",
        "--only-binary=:all:",
        "--python-version",
        "3.14",
        "--platform",
        "any",
        "--implementation",
        "py",
    ]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, "--abi", "none", "--dest", str(wheels), *pins], check=True)
    for wheel in wheels.glob("*.whl"):
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        wanted[normal(wheel.name.split("-")[0])] |= {
            "file_name": wheel.name,
            "sha256": digest,
            "unvendored_tests": False,
        }
    lock["packages"] = dict(sorted(wanted.items()))
    (wheels / "pyodide-lock.json").write_text(json.dumps(lock))


def build():
    (native,) = [wheel for wheel in (TOP / "dist").glob("*.whl") if "wasm32" not in wheel.name]
    (ours,) = (TOP / "dist").glob("*-pyemscripten_*.whl")
    inputs = [native, ours, Path(__file__), CACHE / "wheels" / "pyodide-lock.json", PYODIDE / "package.json"]
    stamp = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in inputs)).hexdigest()
    site, work = CACHE / "site", CACHE / "work"
    if (site / "stamp").exists() and (site / "stamp").read_text() == stamp:
        return
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--force-reinstall"]
    subprocess.run([sys.executable, "-m", "pip", *install, str(native)], check=True)
    # An incremental build loses what it has said of Pyodide.
    for folder in (site, work):
        shutil.rmtree(folder, ignore_errors=True)
    pyodide = work / "static" / "pyodide"
    pyodide.mkdir(parents=True)
    for path in [*(PYODIDE / name for name in CORE), *(CACHE / "wheels").iterdir()]:
        shutil.copy(path, pyodide)
    (work / "pypi").mkdir()
    shutil.copy(ours, work / "pypi")
    (work / "jupyter-lite.json").write_text(json.dumps(CONFIGURATION))
    program = [sys.executable, "-m", "jupyterlite_core.app", "build", "--output-dir", str(site)]
    done = subprocess.run(program, cwd=work, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    (site / "stamp").write_text(stamp)


{"download": download, "build": build}[sys.argv[1]]()
