"""What a top-level module would shadow: the standard library, and what can be imported from ``sys.path``."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder, all_suffixes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyautoload_wasm._results.project import Root

STANDARD_LIBRARY = "the standard library's module of that name"


def shadowed_distributions(stems: Iterable[str], roots: Sequence[Root]) -> dict[str, str]:
    """Which of the stems ``sys.path`` has a module for that is not below a root: stem to what it would shadow.

    One listing for each entry of ``sys.path`` rules nearly all stems out; only what is left is looked up.
    """
    candidates = set(stems) & _names_on_path()
    shadowed = {}
    for stem in candidates:
        spec = PathFinder.find_spec(stem)
        if spec is None or spec.origin is None or any(root.contains(spec.origin) for root in roots):
            continue
        shadowed[stem] = f"the installed module {spec.origin}"
    return shadowed


def _names_on_path() -> set[str]:
    suffixes = tuple(all_suffixes())
    names = set()
    for entry in sys.path:
        try:
            listed = os.listdir(entry or ".")
        except OSError:
            continue  # a zip file, or a path that does not exist: neither holds distributions
        for name in listed:
            if name.endswith(suffixes) or "." not in name:
                names.add(name.partition(".")[0])
    return names
