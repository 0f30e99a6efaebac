"""What a top-level module would hide: the standard library, and what can be imported from ``sys.path``."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder, all_suffixes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STANDARD_LIBRARY = "the standard library's module of that name"


def hidden_distributions(stems: Iterable[str], roots: Iterable[str]) -> dict[str, str]:
    """Which of the stems ``sys.path`` has a module for that is not below a root: stem to what it would hide.

    One listing for each entry of ``sys.path`` rules nearly all stems out; only what is left is looked up.
    """
    candidates = set(stems) & _names_on_path()
    inside = tuple(f"{root}/" for root in roots)
    hidden = {}
    for stem in candidates:
        spec = PathFinder.find_spec(stem)
        if spec is not None and spec.origin is not None and not spec.origin.startswith(inside):
            hidden[stem] = f"the installed module {spec.origin}"
    return hidden


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
