"""Judges the edit of a module that is loaded: whether it can be put into the running code, or why the module has to be executed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pyautoload_wasm._base.codes import is_same_code
from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._imports import ran
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.code_cache import digest_of
from pyautoload_wasm._imports.files import read_source
from pyautoload_wasm._imports.loaders import is_made_by_a_tool
from pyautoload_wasm._reload.patching.functions import Found
from pyautoload_wasm._reload.patching.judging import DifferenceError, compare
from pyautoload_wasm._reload.patching.members import obstacle_to_members, obstacle_to_reading
from pyautoload_wasm._reload.patching.obstacles import Seen
from pyautoload_wasm._reload.patching.patch import Patch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from pyautoload_wasm._imports.ran import Run
    from pyautoload_wasm._imports.state import CachedCode, LoadState
    from pyautoload_wasm._reload.patching.judging import Edit

#: What the engine says of a module that is stale because of its file alone.
CHANGED = "its file has changed"


def all_runs() -> Iterator[tuple[str, Run]]:
    """The executions that are known, of all loaders, each with the name of its module."""
    for state in states.active:
        yield from list(state.runs.items())


def judge(state: LoadState, name: str, path: str) -> Patch | str:
    """The patch of a module whose new code was compiled, or why it has to be executed."""
    module, run, cached = sys.modules.get(name), state.runs.get(name), state.codes.get(path)
    if not state.observes_functions:
        return f"{CHANGED}, and {_why_nothing_is_observed()}"
    if is_made_by_a_tool(module):
        return f"{CHANGED}, and another tool executes it"
    if run is None or run.code is None or not is_module(module):
        return f"{CHANGED}, and it was loaded before reloading was enabled"
    if cached is None:
        return CHANGED
    ran.rearm()
    try:
        edit = compare(run.code, cached.code)
    except DifferenceError as difference:
        return str(difference)
    if state.kept and (maker := _maker_in(edit, list(state.kept.makers(name)))):
        return f"`{maker}` made what once() keeps"
    runs = dict(all_runs())
    found = Found(pair.old for pair in edit.pairs)
    found.walk(module)
    found.look_further(runs.values())
    seen = Seen(module, _take_source(cached, path), edit.code, runs, run)
    reason = seen.obstacle(edit, found)
    if reason is None and (edit.added or edit.removed):
        reason = obstacle_to_members(seen, edit, runs)
    reason = reason or obstacle_to_reading(seen, edit, runs)
    return reason or Patch(module, run, cached.content, edit, found)


def _maker_in(edit: Edit, makers: list[CodeType]) -> str | None:
    """The function that an edit changes, or gives other defaults, of those that made what is kept. Lambdas share a name."""
    for code in (*(pair.old for pair in edit.changed), *(old.code for old, _ in edit.redefined)):
        for maker in makers:
            if maker.co_qualname == code.co_qualname and is_same_code(maker, code):
                return code.co_qualname
    return None


def _why_nothing_is_observed() -> str:
    if sys.version_info < (3, 12):
        return "Python tells what runs from 3.12 on"
    return "other tools have taken all that tells what runs"


def _take_source(cached: CachedCode, path: str) -> bytes:
    """The source that was compiled; nothing where the file is another already."""
    source, cached.source = cached.source, None
    if source is None:
        try:
            source = read_source(path)[0]
        except OSError:
            return b""
    return source if digest_of(source) == cached.digest else b""
