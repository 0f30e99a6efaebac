"""Where this Python runs, and what the package brings for that place: classes written in JavaScript, about Pyodide's filesystem."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

IN_PYODIDE = sys.platform == "emscripten"


@functools.cache
def javascript_class(file: str, name: str) -> Any:
    """A class of a file of the npm package that imports nothing: ``javascript_class("watch.js", "Watcher")``. From the npm package
    where that has installed us, else from the text in the wheel.

    Raises JsException where the page's content security policy forbids to evaluate that text.
    """
    try:
        import _pyautoload_wasm_js

        return getattr(_pyautoload_wasm_js, name)
    except ModuleNotFoundError:
        pass
    from pyodide.code import run_js

    folder = os.path.dirname(os.path.dirname(__file__))
    with open(os.path.join(folder, file), encoding="utf-8") as opened:
        text = opened.read()
    return run_js(f"(() => {{{text.replace('export class', 'class')}\nreturn {name}}})()")
