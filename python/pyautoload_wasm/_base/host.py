"""Where this Python runs, and what the package brings for that place: classes written in JavaScript, about Pyodide's filesystem."""

from __future__ import annotations

import functools
import os
import re
import sys
from typing import Any

IN_PYODIDE = sys.platform == "emscripten"


@functools.cache
def javascript_class(file: str, name: str) -> Any:
    """A class of a file of the npm package: ``javascript_class("watch.js", "Watcher")``. From the package where that has installed us,
    else from the text in the wheel.

    Raises JsException where the page's content security policy forbids to evaluate that text.
    """
    try:
        import _pyautoload_wasm_js

        return getattr(_pyautoload_wasm_js, name)
    except ModuleNotFoundError:
        pass
    from pyodide.code import run_js

    return run_js(f"(() => {{{_text_of(file)}\nreturn {name}}})()")


def _text_of(file: str) -> str:
    """The text of a file, with what it imports in place of its import statements, since evaluated text can have none."""
    with open(os.path.join(os.path.dirname(os.path.dirname(__file__)), file), encoding="utf-8") as opened:
        text = opened.read()
    text = re.sub(r"^export (?=class|function)", "", text, flags=re.MULTILINE)
    return re.sub(r'^import \{.*?\} from "\./(.+)";$', lambda found: _text_of(found[1]), text, flags=re.MULTILINE)
