"""From an event to the new code running, where an edit is put into the functions that there are: beside a bare `compile`. And what it
costs an import that functions are observed.
"""

import gc
import os
import shutil
import sys
import time

from measure import row
from pyautoload_wasm import AutoLoader

BASE = "/tmp/bench/patching"
DEPENDENTS = 50
#: What a program may hold besides.
OBJECTS = 36_000

FUNCTION = """
def function_{number}(first, second):
    value = first + {number}
    if value:
        return [one * 2 for one in second if one]
    return value
"""
CLASS = """
class Class{number}:
    LIMIT = {number}

    def set(self, value):
        self.value = value
        return value + {number}

    @property
    def shown(self):
        return {{"value": self.value, "set": self.set(3)}}

    def all(self, *values):
        for value in values:
            self.set(value)
        return [lambda: value for value in values]
"""


def source(level):
    """A file of 210 lines."""
    parts = [f"STATE = [{level}]\n", *(FUNCTION.format(number=number) for number in range(10))]
    parts += [CLASS.format(number=number) for number in range(9)]
    text = "".join(parts)
    assert 200 <= text.count("\n") <= 215, text.count("\n")
    return text


def body(number, text):
    return text.replace("value = first + 3\n", f"value = first + 3 + {number}\n")


def comment(number, text):
    return f"# comment {number}\n" * (number % 5 + 1) + text


def closure(number, text):
    return text.replace("lambda: value", f"lambda: value + {number}")


class Project:
    """A module with 50 dependents."""

    def __init__(self):
        shutil.rmtree(BASE, ignore_errors=True)
        os.makedirs(BASE)
        self.number = 0
        #: What stands at module level.
        self.level = 0
        self.path = f"{BASE}/lib.py"
        self.write(self.path, source(0))
        for number in range(DEPENDENTS):
            user = "import bench.lib\n" + CLASS.format(number=1) + CLASS.format(number=2)
            self.write(f"{BASE}/user_{number}.py", user)
        self.loader = AutoLoader(BASE, "bench").setup().enable_reloading(watch=False, flush="manual")
        for number in range(DEPENDENTS):
            __import__(f"bench.user_{number}")

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def edited(self, make):
        self.number += 1
        return make(self.number, source(self.level))

    def patch(self, make):
        """The seconds of an edit of this kind."""
        return self.flush(self.edited(make), (0, 1))

    def execute(self):
        """The seconds of an edit at module level."""
        self.level += 1
        return self.flush(source(self.level), (DEPENDENTS + 1, 0))

    def flush(self, text, expected):
        self.write(self.path, text)
        gc.collect()
        start = time.perf_counter()
        report = self.loader.notify(self.path).flush()
        taken = time.perf_counter() - start
        assert (len(report.reloaded), len(report.patched)) == expected, report
        return taken

    def compile(self, make):
        """The seconds of a mere compilation of the same."""
        text = self.edited(make)
        gc.collect()
        start = time.perf_counter()
        compile(text, self.path, "exec")
        return time.perf_counter() - start


MODEL = """
class Model:
    def run(self, value={default}):
        return [value, {value}]
"""
USER = """
from {namespace}.lib import Model

class Model{number}(Model):
    LIMIT = {number}

    def __init__(self):
        super().__init__()
        self.made = self.LIMIT + {number}

model = Model()
other = Model{number}()
IS_ONE = isinstance(other, Model)
"""


class Users:
    """A module with a class, and many others that derive from it and make objects: what they do with it is looked at before a method
    gets another signature.
    """

    def __init__(self, count):
        namespace = f"bench_{count}_users"
        base = f"{BASE}_{count}_users"
        shutil.rmtree(base, ignore_errors=True)
        os.makedirs(base)
        self.default = self.value = 0
        self.path = f"{base}/lib.py"
        Project.write(self.path, MODEL.format(default=0, value=0))
        for number in range(count):
            Project.write(f"{base}/user_{number}.py", USER.format(namespace=namespace, number=number))
        self.loader = AutoLoader(base, namespace).setup().enable_reloading(watch=False, flush="manual")
        for number in range(count):
            __import__(f"{namespace}.user_{number}")

    def signature(self):
        """The seconds of an edit of a signature."""
        self.default += 1
        return self.flush()

    def body(self):
        """The seconds of an edit of a body, which nobody can read by way of the class."""
        self.value += 1
        return self.flush()

    def flush(self):
        Project.write(self.path, MODEL.format(default=self.default, value=self.value))
        gc.collect()
        start = time.perf_counter()
        report = self.loader.notify(self.path).flush()
        taken = time.perf_counter() - start
        assert list(report.patched.values()) == [["Model.run"]], report
        return taken


def against_body(count, target):
    """How an edit of a signature grows with the modules that use the class. No other loader is to be there."""
    users = Users(count)
    name = f"signature of a method with {count:,} users of the class / its body"
    result = row(name, target, users.signature, users.body, better="smaller")
    users.loader.teardown()
    return result


class Imports:
    """The first imports of many modules, with or without reloading."""

    COUNT = 200

    def __init__(self):
        self.base = f"{BASE}_imports"
        shutil.rmtree(self.base, ignore_errors=True)
        os.makedirs(self.base)
        for number in range(self.COUNT):
            text = CLASS.format(number=number) + FUNCTION.format(number=number)
            Project.write(f"{self.base}/module_{number}.py", text)

    def seconds(self, *, reloading):
        """What all of them take in a loader that has imported nothing yet."""
        loader = AutoLoader(self.base, "bench_imports").setup()
        if reloading:
            loader.enable_reloading(watch=False, flush="manual")
        gc.collect()
        start = time.perf_counter()
        for number in range(self.COUNT):
            __import__(f"bench_imports.module_{number}")
        taken = time.perf_counter() - start
        loader.teardown()
        return taken


def rows():
    imports = Imports()
    yield row(
        f"imports of {imports.COUNT} modules with reloading / without",
        1.1,
        lambda: imports.seconds(reloading=True),
        lambda: imports.seconds(reloading=False),
        unit=imports.COUNT,
        better="smaller",
    )
    project = Project()

    def against_compile(name, target, make):
        return row(name, target, lambda: project.patch(make), lambda: project.compile(make), better="smaller")

    yield against_compile("patch of one function in a file of 210 lines with 50 dependents / compile", 1.7, body)
    yield against_compile("a comment in it / compile", 1.5, comment)
    # A closure that the program holds is found in the heap alone; a comment moves it as well.
    held = sys.modules["bench.lib"].Class3().all(1)
    junk = [[number] for number in range(OBJECTS)]
    yield against_compile("patch with a look through 36,000 objects / compile", 3.5, closure)
    yield against_compile("a comment with a look through 36,000 objects / compile", 3.5, comment)
    yield row(
        "patch / execution of the 51 modules",
        8,
        lambda: project.patch(body),
        project.execute,
    )
    assert len(junk) == OBJECTS and held
    project.loader.teardown()
    yield against_body(100, 15)
    yield against_body(1_000, 30)
