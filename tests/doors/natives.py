"""The behaviour suite and the thread tests through the native wheel, in every CPython of this machine that is new enough.

Looks on PATH and where pyenv and uv keep theirs; each gets an environment of its own in .cache/natives. Prints a table, and
writes it into README.md.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).parents[2]
OLDEST = (3, 11)
FACTS = "import platform, sys; print(sys.implementation.name, platform.python_version(), sys.base_prefix, sep='\\n')"
#: What the suite needs; the versions are those of requirements-dev.txt.
NEEDED = ["pytest", "networkx", "rich", "ipython", "watchfiles"]


def candidates():
    """Programs that may be a Python."""
    for folder in os.environ["PATH"].split(os.pathsep):
        yield from sorted(pathlib.Path(folder).glob("python3*"))
    home = pathlib.Path.home()
    for folder in (home / ".pyenv/versions", home / ".local/share/uv/python"):
        yield from sorted(folder.glob("*/bin/python3"))


def interpreters():
    """Each CPython once: version to program, oldest first."""
    found = {}
    for program in candidates():
        if not re.fullmatch(r"python3(\.\d+)?", program.name) or "shims" in program.parts:
            continue
        asked = subprocess.run([program, "-c", FACTS], capture_output=True, text=True, check=False)
        if asked.returncode != 0:
            continue
        implementation, version, _ = asked.stdout.splitlines()
        numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
        if implementation == "cpython" and numbers >= OLDEST:
            found.setdefault(numbers, (version, program))
    return [found[numbers] for numbers in sorted(found)]


def pinned():
    lines = (TOP / "requirements-dev.txt").read_text().splitlines()
    return [line for line in lines if "==" in line and not line.startswith("#")]


def environment(version, program):
    """A clean environment with what the suite needs. Made anew when that has changed."""
    folder = TOP / ".cache" / "natives" / version
    stamp = folder / "made-for"
    key = f"{program}\n" + "\n".join(pinned())
    if not stamp.exists() or stamp.read_text() != key:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([program, "-m", "venv", folder], check=True)
        constraints = folder / "constraints.txt"
        constraints.write_text("\n".join(pinned()))
        pip(folder, "install", "--constraint", constraints, *NEEDED)
        stamp.write_text(key)
    pip(
        folder,
        "install",
        "--no-deps",
        "--no-index",
        "--force-reinstall",
        "--find-links",
        TOP / "dist",
        "pyautoload_wasm",
    )
    return folder / "bin" / "python"


def pip(folder, *arguments):
    program = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*program, *arguments], check=True)


def suite(python):
    """How many tests passed, and how many did not."""
    passed = failed = 0
    for tests in ("behaviour", "native"):
        command = [python, "-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider", f"tests/{tests}"]
        done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
        counts = {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
        passed += counts.get("passed", 0)
        failed += counts.get("failed", 0) + counts.get("error", 0)
        if done.returncode != 0:
            failed = failed or 1
            print(done.stdout, done.stderr)
    return passed, failed


def write_table(table):
    readme = TOP / "README.md"
    begin, end = "<!-- CPython: written by make test-all -->\n", "<!-- end -->"
    before, rest = readme.read_text(encoding="utf-8").split(begin)
    readme.write_text(f"{before}{begin}{table}\n{rest[rest.index(end) :]}", encoding="utf-8")


def main():
    rows = ["| CPython | wheel |", "| --- | --- |"]
    failures = 0
    for version, program in interpreters():
        passed, failed = suite(environment(version, program))
        failures += failed
        print(f"{passed} passed, {failed} failed in CPython {version} ({program})", flush=True)
        rows.append(f"| {version} | {passed} passed{f', {failed} failed' if failed else ''} |")
    table = "\n".join(rows)
    print(f"\n{table}\n")
    write_table(table)
    return min(failures, 1) or int(len(rows) == 2)


if __name__ == "__main__":
    sys.exit(main())
