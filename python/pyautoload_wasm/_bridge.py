"""What the npm package calls: loaders by name and JSON, so that no JavaScript object crosses but a function to call.

Not part of the public API. ``pkg/python.js`` and ``pkg/autoload.js`` are the other side.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from pyautoload_wasm._base.arguments import plain_text
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._project.settings import ObjectsMode
from pyautoload_wasm._results.project import Edge, Graph, Problem
from pyautoload_wasm._results.reports import EagerLoadReport, FailedReload
from pyautoload_wasm._start.profiling import Profile
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
        return json.dumps({"answer": _plain(getattr(loader, method)(*json.loads(arguments)))})
    except AutoloadError as error:
        return _refusal(error)


def profile_report(profile: Profile) -> str:
    """What a profile has measured, as JSON."""
    return json.dumps({"modules": profile.plain(), "table": profile.table(), "speedscope": profile.speedscope()})


def start(
    loader: AutoLoader, method: str, options: str, tell: Callable[[int, int, str], object] | None
) -> asyncio.Future[str]:
    """Begins a call of a method that awaits, with the options of a JSON object; ``tell`` is told the progress. The future gives what
    `call` returns, and ``{"cancelled": true}`` after ``cancel()``.
    """
    return asyncio.ensure_future(_awaited(getattr(loader, method), json.loads(options), tell))


async def _awaited(
    method: Callable[..., Any], options: dict[str, Any], tell: Callable[[int, int, str], object] | None
) -> str:
    try:
        return json.dumps({"answer": _plain(await method(**options, progress=tell))})
    except AutoloadError as error:
        return _refusal(error)
    except asyncio.CancelledError:
        return json.dumps({"cancelled": True})


def _plain(answer: Any) -> Any:
    """An answer as JSON has it; None for what has no plain form, such as the loader itself."""
    if isinstance(answer, list):
        return [_plain(one) for one in answer]
    if isinstance(answer, Graph):
        return {"nodes": answer.nodes, "edges": [_plain(edge) for edge in answer.edges]}
    if isinstance(answer, Edge | Problem):
        return answer._asdict()
    if isinstance(answer, EagerLoadReport):
        failed = [_failure(name, error) for name, error in answer.failed.items()]
        return {"loaded": answer.loaded, "failed": failed, "skipped": answer.skipped, "seconds": answer.seconds}
    return answer.plain() if hasattr(answer, "plain") else None


def _failure(name: str, error: BaseException) -> dict[str, str]:
    """A module that could not be loaded, in the words of a failed reload."""
    plain = FailedReload(name, None, error, []).plain()
    return {key: plain[key] for key in ("name", "type", "message", "traceback")}


def _refusal(error: AutoloadError) -> str:
    return json.dumps({"name": type(error).__name__, "message": str(error)})
