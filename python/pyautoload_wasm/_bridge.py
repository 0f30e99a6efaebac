"""What the npm package calls: loaders by name and JSON, so that no JavaScript object crosses but a function to call.

Not part of the public API. ``pkg/python.js`` and ``pkg/autoload.js`` are the other side.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from pyautoload_wasm._base.arguments import plain_text
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._project.settings import ObjectsMode
from pyautoload_wasm._results.reports import ReloadReport
from pyautoload_wasm.errors import AutoloadError
from pyautoload_wasm.loader import AutoLoader


def loader_from(options_text: str) -> AutoLoader:
    """The loader that the JSON text of the npm package's ``Options`` describes. Not yet set up.

    Raises ConfigurationError.
    """
    options = Engine().ask("read_options", text=plain_text(options_text, "options"))
    loader = AutoLoader(allow_shadowing=options["allowShadowing"], strict=options["strict"])
    loader.acronym(*options["acronyms"]).inflect(options["inflect"])
    loader.ignore(*options["ignore"]).collapse(*options["collapse"])
    loader.do_not_eager_load(*options["doNotEagerLoad"]).do_not_reload(*options["doNotReload"]).log(options["log"])
    if options["implicitNames"]:
        loader.implicit_names()
    if options["basePath"] is not None:
        loader.push_dir(options["basePath"], namespace=options["topLevel"])
    for root in options["roots"]:
        loader.push_dir(root["dir"], namespace=root["namespace"] or None)
    # Where JavaScript says nothing, a notebook may have its own way.
    objects: ObjectsMode | None = "follow" if options["objects"] == "follow" else None
    loader._settings.reloading = loader._settings.reloading._replace(flush=options["flush"], objects=objects)
    return loader.enable_reloading() if options["reloading"] else loader


def set_up(options_text: str, tell: Callable[[str], object]) -> AutoLoader:
    """Makes a loader and sets it up. ``tell`` is called with each of its reports, as JSON, after the flush. Raises AutoloadError.

    No other takes its place, since nobody can tell who in JavaScript has asked for it.
    """
    loader = loader_from(options_text)
    loader._handle.callbacks.after_flush = lambda report: tell(json.dumps(report.plain()))
    loader._set_up(None)
    return loader


def dispose(loader: AutoLoader) -> None:
    """Takes a loader down, and forgets the function that is told its reports."""
    loader.teardown()
    loader._handle.callbacks.after_flush = None


def call(loader: AutoLoader, method: str, arguments: str) -> str:
    """Calls a method of a loader with the arguments of a JSON list. Returns ``{"answer": …}``, or ``{"name": …, "message": …}`` of the
    error that the loader raises.
    """
    try:
        if method in ("check", "graph"):
            answer = loader._ask(method)  # plain data already
        else:
            answer = getattr(loader, method)(*json.loads(arguments))
            answer = answer.plain() if isinstance(answer, ReloadReport) else None
    except AutoloadError as error:
        return json.dumps({"name": type(error).__name__, "message": str(error)})
    return json.dumps({"answer": answer})
