"""The parts that are written in JavaScript, since they are about Pyodide's filesystem."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

IN_PYODIDE = sys.platform == "emscripten"


@functools.cache
def script(file: str, name: str) -> Any:
    """A class of a file of the npm package that imports nothing: ``script("watch.js", "Watcher")``. From the package where that has
    installed us, else from the text in the wheel.

    Raises JsException where the page's content security policy forbids to evaluate that.
    """
    try:
        import _pyautoload_wasm_js

        return getattr(_pyautoload_wasm_js, name)
    except ModuleNotFoundError:
        pass
    from pyodide.code import run_js

    with open(os.path.join(os.path.dirname(os.path.dirname(__file__)), file), encoding="utf-8") as opened:
        text = opened.read()
    return run_js(f"(() => {{{text.replace('export class', 'class')}\nreturn {name}}})()")
