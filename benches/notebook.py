"""What a cell of a notebook costs when nothing was edited, on a desktop: `.venv/bin/python benches/notebook.py`.

In a real IPython, its own extension on and off by turns: both look whether any of the same loaded modules has changed.
"""

import importlib
import json
import os
import shutil
import sys
import tempfile
import time

from IPython.core.interactiveshell import InteractiveShell
from measure import row, seconds
from pyautoload_wasm import AutoLoader
from traitlets.config import Config

TOP = f"{tempfile.gettempdir()}/bench/notebook"
FOLDER_SIZE = 25
#: The most that a cell may wait, in milliseconds.
LIMIT_MS = 10


def project(shell, count):
    """Autoloads and imports so many modules, whose files are old enough for their times to be trusted. Returns the loader."""
    name = f"of_{count}"
    base = f"{TOP}/{name}"
    hour_ago = time.time() - 3600
    modules = []
    for number in range(count):
        folder = f"{base}/package_{number // FOLDER_SIZE}"
        os.makedirs(folder, exist_ok=True)
        path = f"{folder}/module_{number}.py"
        with open(path, "w") as file:
            file.write(f"N = {number}\n")
        os.utime(path, (hour_ago, hour_ago))
        modules.append(f"{name}.package_{number // FOLDER_SIZE}.module_{number}")
    for folder in (base, *(entry.path for entry in os.scandir(base))):
        os.utime(folder, (hour_ago, hour_ago))
    shell.run_line_magic("autoload", base)
    for module in modules:
        importlib.import_module(module)
    return AutoLoader.loaders()[-1]


def cell(shell):
    """What is done before a cell, by whoever wants to do something."""
    return lambda: seconds(shell.events.trigger, "pre_run_cell", None)


class Autoreload:
    """IPython's own extension, which checks all modules before each cell; ours then leaves it alone."""

    def __init__(self, shell):
        shell.run_line_magic("load_ext", "autoreload")
        self._reloader = shell.magics_manager.registry["AutoreloadMagics"]._reloader
        self._reloader.check_all = True

    def __call__(self):
        self._reloader.enabled = True
        try:
            return seconds(self._reloader.check)
        finally:
            self._reloader.enabled = False


def rows():
    shutil.rmtree(TOP, ignore_errors=True)
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_line_magic("load_ext", "pyautoload_wasm")
    small = project(shell, 2_000)
    ours, theirs = cell(shell), Autoreload(shell)
    yield row("a cell with 2,000 modules, against %autoreload 2", 1, ours, theirs, better="smaller")
    yield row(f"the same, against {LIMIT_MS} ms", 1, ours, lambda: LIMIT_MS / 1_000, better="smaller", rounds=21)
    large = project(shell, 10_000)
    sides = (lambda: seconds(large.flush)), (lambda: seconds(small.flush))
    yield row("a cell with 10,000 modules, against 2,000", 6, *sides, better="smaller", rounds=21)
    shutil.rmtree(TOP)


if __name__ == "__main__":
    stdout, sys.stdout = sys.stdout, sys.stderr
    for each in rows():
        print(json.dumps(each), file=stdout, flush=True)
