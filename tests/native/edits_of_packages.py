"""Edits a package that nobody here wrote while all of it is loaded, and prints what was done and what is wrong, as JSON: see
test_edits_of_packages.py.

    python edits_of_packages.py PACKAGE FOLDER SEED EDITS OBJECTS NEEDED...

The folder holds the package, and is written to. NEEDED are the folders of what it needs, OBJECTS is "stay" or "follow".
"""

import ast
import gc
import json
import random
import sys
import types
import warnings
from collections import Counter
from pathlib import Path

from pyautoload_wasm import AutoLoader

KINDS = ("body", "body", "body", "comment", "docstring", "function", "constant")


def edited(text, kind, chosen):
    """Another version of a file; None where it has no place for such an edit."""
    lines = text.split("\n")
    if kind == "comment":
        return "\n".join(["", *lines])
    if kind == "function":
        return f"{text}\n\ndef added_{chosen.randrange(10**6)}():\n    return 1\n"
    if kind == "constant":
        return f"{text}\n\nADDED_{chosen.randrange(10**6)} = 1\n"
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body[0].lineno > node.lineno
        and (ast.get_docstring(node) is not None) is (kind == "docstring")
    ]
    if not functions:
        return None
    first = chosen.choice(functions).body[0]
    at, line = first.lineno - 1, lines[first.lineno - 1]
    if kind == "docstring":
        lines[at] = line.replace('"""', '"""Edited. ', 1)
        return None if lines[at] == line else "\n".join(lines)
    lines.insert(at, f"{line[: first.col_offset]}_added = {chosen.randrange(10**6)}")
    return "\n".join(lines)


def compiled(text, path):
    """The codes that a file has, by qualified name and line; None for one that cannot be compiled."""
    try:
        pending = [compile(text, path, "exec", dont_inherit=True)]
    except SyntaxError:
        return None
    found = {}
    for code in pending:
        found.setdefault((code.co_qualname, code.co_firstlineno), []).append(code)
        pending += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    return found


def stale_functions(module, codes):
    """The functions of a module, wherever somebody holds them, whose code is not what the file says."""
    gc.collect()
    return [
        f"{one.__qualname__}, line {one.__code__.co_firstlineno}"
        for one in gc.get_objects()
        if type(one) is types.FunctionType
        and one.__globals__ is vars(module)
        and one.__code__.co_filename == module.__file__
        and one.__code__ not in codes.get((one.__code__.co_qualname, one.__code__.co_firstlineno), ())
    ]


class Run:
    """A package that is loaded and edited."""

    def __init__(self, package, folder, seed, objects):
        self.package = package
        self.base = str(Path(folder, package).resolve())
        self.chosen = random.Random(seed)
        self.loader = AutoLoader(self.base, package).enable_reloading(watch=False, flush="manual", objects=objects)
        self.loader.setup()
        __import__(package)
        self.loader.eager_load(on_error="collect")
        self.steps = Counter()
        self.wrong = []

    def modules(self):
        """The names of its modules that are loaded from the folder."""
        return sorted(
            name
            for name, module in list(sys.modules.items())
            if str(getattr(module, "__file__", None)).startswith(f"{self.base}/") and module.__name__ == name
        )

    def edit(self):
        """One edit and its flush."""
        name, kind = self.chosen.choice(self.modules()), self.chosen.choice(KINDS)
        path = sys.modules[name].__file__
        text = Path(path).read_text(encoding="utf-8")
        new = edited(text, kind, self.chosen)
        codes = None if new is None else compiled(new, path)
        if codes is None:
            return
        Path(path).write_text(new, encoding="utf-8")
        report = self.loader.notify(path).flush()
        step = next((step for step in ("patched", "reloaded", "removed") if name in getattr(report, step)), "nothing")
        self.steps[f"{kind} {step}"] += 1
        self.wrong += [f"{kind} in {name}: {one.name} failed with {one.error!r}" for one in report.failed]
        if report.pending:
            self.wrong.append(f"{kind} in {name}: {len(report.pending)} modules run old code")
        elif step == "nothing":
            self.wrong.append(f"{kind} in {name}: nothing was done")
        elif step != "removed" and (stale := stale_functions(sys.modules[name], codes)):
            self.wrong.append(f"{kind} in {name}: {step}, and old are {stale[:5]}")


def main():
    """Does it."""
    package, folder, seed, edits, objects, *needed = sys.argv[1:]
    sys.dont_write_bytecode = True
    sys.path += needed
    sys.argv = ["a program"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = Run(package, folder, seed, objects)
        loaded = len(run.modules())
        while sum(run.steps.values()) < int(edits) and not run.wrong:
            run.edit()
    sys.__stdout__.write(f"\n{json.dumps({'loaded': loaded, 'steps': run.steps, 'wrong': run.wrong})}")


main()
