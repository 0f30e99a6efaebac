"""Where this Python runs, and what the package brings for that place: classes written in JavaScript, about Pyodide's filesystem."""

from __future__ import annotations

import functools
import os
import re
import sys
from typing import Any

IN_PYODIDE = sys.platform == "emscripten"


def can_wait() -> bool:
    """Whether Python can wait for JavaScript now, as Pyodide can from 0.27 on where the browser switches stacks (JSPI) and the code
    was started by a call that can wait.
    """
    try:
        from pyodide.ffi import can_run_sync
    except ImportError:
        return False
    return bool(can_run_sync())


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
    return javascript_globals().eval(f"(() => {{{_text_of(file, set())}\nreturn {name}}})()")


def javascript_globals() -> Any:
    """JavaScript's global object, which `import js` gives, unless a project has a module or a folder of that name."""
    from pyodide.ffi import JsProxy

    if isinstance(known := sys.modules.get("js"), JsProxy):
        return known
    for finder in sys.meta_path:
        find_spec = getattr(finder, "find_spec", None)
        spec = find_spec("js", None) if find_spec is not None else None
        if spec is not None and spec.loader is not None and spec.origin == "javascript":
            return spec.loader.create_module(spec)
    raise ImportError("no finder in sys.meta_path has the module js, which Pyodide's own finder has", name="js")


def _text_of(file: str, included: set[str]) -> str:
    """The text of a file, with what it imports in place of its import statements, since evaluated text can have none. Nothing of what
    is included already.
    """
    if file in included:
        return ""
    included.add(file)
    with open(os.path.join(os.path.dirname(os.path.dirname(__file__)), file), encoding="utf-8") as opened:
        text = opened.read()
    text = re.sub(r"^export (?=class|function)", "", text, flags=re.MULTILINE)
    return re.sub(
        r'^import \{.*?\} from "\./(.+)";$', lambda found: _text_of(found[1], included), text, flags=re.MULTILINE
    )
