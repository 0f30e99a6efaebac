"""The same edits by other tools that reload modules: the time from the edit to the new code, whether that is right, and whether the
module's state is kept. `.venv/bin/python benches/other_tools.py`, on a desktop.

Each tool has a process and a copy of the project of its own: a file of 210 lines, and 50 modules that import it. Two processes take
turns.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

from measure import row
from patching import CLASS, DEPENDENTS, source

TOP = Path(__file__).resolve().parents[1]
PACKAGES = TOP / ".cache/reloaders/packages"
OURS = "pyautoload_wasm"
PEERS = ["%autoreload 2", "%autoreload 2 --full", "jurigged", "LiveImport", "hmr"]

LINE = "value = first + 3\n"
METHOD = "\n    def added(self):\n        return {number}\n"


def body(number, text):
    return text.replace(LINE, f"value = first + 3 + {number}\n")


def comment(number, text):
    return f"# comment {number}\n" * (number % 5 + 1) + text


def method(number, text):
    return text + METHOD.format(number=number)


def constant(number, text):
    return f"LIMIT = {number}\n" + text


def base(number, text):
    bases = f"class Base{number % 2}:\n    pass\n"
    return bases + text.replace("class Class3:", f"class Class3(Base{number % 2}):")


#: Each kind of edit, with what is right after it: an expression over the edited module, one that imports from it, and the number.
EDITS = {
    "a function's body": (body, "user.taken(-3 - number, []) == 0"),
    "a comment": (comment, "lib.function_0.__code__.co_firstlineno == 3 + number % 5 + 1"),
    "a method added": (method, "held.added() == number and isinstance(held, lib.Class8)"),
    "a constant that others import": (constant, "user.LIMIT == number"),
    "a base class": (base, "lib.Class3.__base__.__name__ == f'Base{number % 2}'"),
}


class Project:
    """The project, edited and reloaded in this process by one tool."""

    def __init__(self, tool, folder):
        from reloaders import TOOLS, import_all

        self.project = folder / "project"
        self.project.mkdir()
        self.path = self.project / "lib.py"
        self.number = 0
        self.write(source(0))
        names = ["project.lib"]
        (self.project / "__init__.py").write_text("")
        for user in range(DEPENDENTS):
            imports = "from project.lib import function_3 as taken\nimport project.lib\n"
            imports += "LIMIT = getattr(project.lib, 'LIMIT', 0)\n"
            (self.project / f"user_{user}.py").write_text(imports + CLASS.format(number=1))
            names.append(f"project.user_{user}")
        sys.path.insert(0, str(folder))
        self.reload = TOOLS[tool](self.project, names)
        import_all(names)
        self.reload(self.path)  # some note the times of files first

    def write(self, text):
        """Writes the file, at a time that is a second after the one before."""
        self.path.write_text(text)
        changed = time.time() - 100_000 + self.number
        os.utime(self.path, (changed, changed))

    def edit(self, kind):
        """Makes an edit. Returns the seconds that its reload takes, whether the result is right, and whether the state is kept."""
        make, right = EDITS[kind]
        self.number += 1
        lib, user = sys.modules["project.lib"], sys.modules["project.user_7"]
        held, state = lib.Class8(), lib.STATE
        self.write(make(self.number, source(0)))
        gc.collect()
        start = time.perf_counter()
        self.reload(self.path)
        taken = time.perf_counter() - start
        lib, user = sys.modules["project.lib"], sys.modules["project.user_7"]
        names = {"lib": lib, "user": user, "held": held, "number": self.number}
        try:
            is_right = eval(right, names)
        except AttributeError:
            is_right = False
        return taken, bool(is_right), lib.STATE is state


def serve(tool, folder):
    """Makes edits as they are asked for, a line each."""
    sys.path.insert(0, str(TOP / "tests/native"))
    answers = sys.stdout
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        project = Project(tool, Path(folder))
        for line in sys.stdin:
            print(json.dumps(project.edit(line.strip())), file=answers, flush=True)


class Tool:
    """A process in which a tool reloads."""

    def __init__(self, name, folder):
        packages = os.pathsep.join(str(package) for package in PACKAGES.iterdir())
        self._process = subprocess.Popen(
            [sys.executable, __file__, name, folder],
            env=os.environ | {"PYTHONPATH": packages},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._asked, self._answers = self._process.stdin, self._process.stdout
        self.verdicts: list[list[bool]] = []

    def edit(self, kind):
        """The seconds of an edit."""
        self._asked.write(f"{kind}\n")
        self._asked.flush()
        taken, *verdict = json.loads(self._answers.readline())
        self.verdicts.append(verdict)
        return taken

    def verdict(self):
        """What came of the edits since this was asked last, in words."""
        verdicts, self.verdicts = self.verdicts, []
        is_right, is_kept = (all(each) for each in zip(*verdicts, strict=True))
        return f"{'right' if is_right else 'wrong'}, state {'kept' if is_kept else 'lost'}"

    def close(self):
        self._asked.close()
        self._process.wait()


def rows():
    with tempfile.TemporaryDirectory() as folder:
        for peer in PEERS:
            folders = [Path(folder, peer.replace(" ", "_"), side) for side in ("ours", "theirs")]
            for each in folders:
                each.mkdir(parents=True)
            ours, theirs = (Tool(name, str(each)) for name, each in zip((OURS, peer), folders, strict=True))
            for kind in EDITS:
                found = row(kind, 1, partial(ours.edit, kind), partial(theirs.edit, kind))
                own, other = ours.verdict(), theirs.verdict()
                found["row"] = f"{kind} ({own}), against {peer} ({other})"
                if other.startswith("wrong"):
                    found |= {"target": 0, "met": True}  # to do less than is right can be fast
                yield found
            ours.close()
            theirs.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(*sys.argv[1:])
    else:
        for each in rows():
            print(json.dumps(each), flush=True)
