"""What names without imports cost: the same module with them and without, and a bare name against one that is reached by attribute."""

import importlib
import os
import shutil
import sys

from measure import row, seconds
from pyautoload_wasm import AutoLoader

TOP = "/tmp/bench"
LOOPS = 20_000
MODULES = 200

SOURCE = """
LIMIT = 3

def builtins_in_a_loop(count):
    total = 0
    for number in range(count):
        total += len("abc") + abs(number)
    return total

def mixed_work(count):
    total = 0
    texts = []
    for number in range(count):
        value = number * 3 % 7 + LIMIT
        if isinstance(value, int) and value > LIMIT:
            texts.append(f"{value:>4}")
        total += value
        texts = texts[-10:]
    return total, texts

def no_builtins(count):
    total = number = 0
    while number < count:
        total += number * LIMIT
        number += 1
    return total

def imports(count):
    for _ in range(count):
        import os

def bare_name(count):
    for _ in range(count):
        User
"""

ATTRIBUTE = "import {app}\n\ndef attribute(count):\n    for _ in range(count):\n        {app}.User\n"


def write_project(name):
    base = f"{TOP}/{name}"
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(f"{base}/many")
    files = {"work.py": SOURCE, "asks.py": ATTRIBUTE.format(app=name), "user.py": "class User: pass\n"}
    files |= {f"many/m{number}.py": f"VALUE = {number}\n\ndef get():\n    return VALUE\n" for number in range(MODULES)}
    for path, source in files.items():
        with open(f"{base}/{path}", "w") as file:
            file.write(source)
    return base


def import_all(name):
    for module in [module for module in sys.modules if module.startswith(f"{name}.many.")]:
        del sys.modules[module]
    for number in range(MODULES):
        importlib.import_module(f"{name}.many.m{number}")


def rows():
    plain = AutoLoader(write_project("plain_names"), "plain_names").setup()
    implicit = AutoLoader(write_project("implicit_names_"), "implicit_names_").implicit_names().setup()
    theirs, ours = (importlib.import_module(f"{name}.work") for name in ("plain_names", "implicit_names_"))
    asks = importlib.import_module("implicit_names_.asks")

    def compare(title, target, function, count=LOOPS):
        return row(
            title,
            target,
            lambda: seconds(getattr(ours, function), count),
            lambda: seconds(getattr(theirs, function), count),
            unit=count,
            better="smaller",
        )

    yield compare("a loop that only calls builtins, implicit names / none", 4.0, "builtins_in_a_loop")
    yield compare("a loop of mixed work, implicit names / none", 2.0, "mixed_work")
    yield compare("a loop without builtins, implicit names / none", 1.1, "no_builtins")
    yield compare("an import statement in a loop, implicit names / none", 2.0, "imports")
    yield row(
        "a bare autoloaded name / the same as package.Name",
        25.0,
        lambda: seconds(ours.bare_name, LOOPS),
        lambda: seconds(asks.attribute, LOOPS),
        unit=LOOPS,
        better="smaller",
    )
    yield row(
        f"importing {MODULES} modules, implicit names / none",
        2.0,
        lambda: seconds(import_all, "implicit_names_"),
        lambda: seconds(import_all, "plain_names"),
        unit=MODULES,
        better="smaller",
    )
    implicit.teardown()
    plain.teardown()
