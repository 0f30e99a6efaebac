"""What is known to differ and not to be right yet: left out of the runs, unless they are asked for it. To be empty in the end.

A key is ``feature``, ``feature.way``, ``action.name`` or ``view.name``; the reason is one line.
"""

from __future__ import annotations

AWAITED: dict[str, str] = {
    "view.subclasses": "a class that a reload has replaced stays among its base's subclasses until the garbage is collected",
    "registries.subclasses": "a class that a reload has replaced stays among its base's subclasses",
    "registries.list": "what is executed by hand appends its class once more, as in plain Python, and the model does not know that",
}


def is_awaited(key: str, asked: frozenset[str] = frozenset()) -> bool:
    """Whether something is left out, of a run that asks for some of it: `frozenset({"all"})` for all."""
    return key in AWAITED and key not in asked and "all" not in asked
