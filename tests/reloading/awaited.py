"""What is known to differ and not to be right yet: left out of the runs, unless they are asked for it. To be empty in the end.

A key is ``feature``, ``feature.way``, ``action.name`` or ``view.name``; the reason is one line.
"""

from __future__ import annotations

AWAITED: dict[str, str] = {}


def is_awaited(key: str, asked: frozenset[str] = frozenset()) -> bool:
    """Whether something is left out, of a run that asks for some of it: `frozenset({"all"})` for all."""
    return key in AWAITED and key not in asked and "all" not in asked
