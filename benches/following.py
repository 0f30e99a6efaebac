"""A module is executed again while somebody holds all its functions and classes: where these follow, beside where they stay."""

import gc
import os
import shutil
import time

from measure import row
from pyautoload_wasm import AutoLoader

BASE = "/tmp/bench/following"
PAIR = """
def function_{number}(value):
    return [value, {number}]

class Class{number}:
    def run(self, value):
        return [value, {number}]
"""


class Module:
    """A module of functions and classes, and who holds each of them."""

    def __init__(self, count, objects):
        name = f"following_{objects}_{count}"
        base = f"{BASE}/{name}"
        shutil.rmtree(base, ignore_errors=True)
        os.makedirs(base)
        self.path = f"{base}/lib.py"
        self.text = "".join(PAIR.format(number=number) for number in range(count // 2))
        self.level = 0
        self.write()
        self.loader = AutoLoader(base, name).setup()
        self.loader.enable_reloading(watch=False, flush="manual", objects=objects)
        self.name = f"{name}.lib"
        members = vars(__import__(self.name).lib)
        self.held = [[value] for key, value in members.items() if key.startswith(("function", "Class"))]
        assert len(self.held) == count

    def write(self):
        self.level += 1
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(f"LEVEL = {self.level}\n{self.text}")

    def execute(self):
        """The seconds of an edit at module level."""
        self.write()
        gc.collect()
        start = time.perf_counter()
        report = self.loader.notify(self.path).flush()
        taken = time.perf_counter() - start
        assert list(report.reloaded) == [self.name], report
        return taken


def rows():
    for count, target in ((100, 5), (1_000, 4), (4_000, 4)):
        following, staying = Module(count, "follow"), Module(count, "stay")
        yield row(
            f"execution of a module with {count:,} held objects that follow / that stay",
            target,
            following.execute,
            staying.execute,
            better="smaller",
        )
        for one in (following, staying):
            one.loader.teardown()
