"""Where the package cannot be loaded it says so, as an ImportError, and nothing crashes."""

import subprocess
import sys

#: Imports the package in the main interpreter, and then in another one.
TWICE = """
import sys
import pyautoload_wasm
try:
    import _interpreters as interpreters
    run = interpreters.exec
except ImportError:
    import _xxsubinterpreters as interpreters
    run = interpreters.run_string
run(interpreters.create(), f'''
import sys
sys.path[:] = {sys.path!r}
try:
    import pyautoload_wasm
except ImportError as error:
    print(error, flush=True)
''')
from pyautoload_wasm import AutoLoader
print(AutoLoader)
"""

#: Imports a copy of the package without its extension.
WITHOUT = """
import sys
sys.modules["pyautoload_wasm._engine"] = None
try:
    import pyautoload_wasm
except ImportError as error:
    print(error)
"""
WHERE = "It works in the main interpreter of CPython 3.11 and later, not in subinterpreters and not in free-threaded builds"


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_subinterpreter_is_refused_and_the_main_one_goes_on():
    refusal, main = run(TWICE)
    assert refusal.startswith("pyautoload_wasm cannot be loaded ")
    assert "subinterpreter" in refusal
    assert refusal.endswith(WHERE)
    assert main == "<class 'pyautoload_wasm.loader.AutoLoader'>"


def test_a_python_that_cannot_load_the_extension_is_told_what_it_needs():
    assert run(WITHOUT) == [
        "pyautoload_wasm has no engine here: install a wheel that was built for this Python, or call install(pyodide) of the npm "
        f"package pyautoload-wasm. {WHERE}"
    ]
