"""What is known to differ and not to be right yet: left out of the runs, unless they are asked for it. To be empty in the end.

A key is ``feature``, ``feature.way``, ``action.name`` or ``view.name``; the reason is one line.
"""

from __future__ import annotations

AWAITED: dict[str, str] = {
    "view.subclasses": "a class that a reload has replaced stays among its base's subclasses until the garbage is collected",
    "registries.subclasses": "a class that a reload has replaced stays among its base's subclasses",
    "deferred.computed": "what is loaded is observed while a module's body runs, and these functions are called later",
    "deferred.getattr": "what is loaded is observed while a module's body runs, and these functions are called later",
    "links.to_folder": "an event of a file is not one of the same file behind a link",
    "links.crossing": "an event of a file is not one of the same file behind a link",
    "registries.list": "on_load and on_unload are not called when a failed reload is taken back",
    **dict.fromkeys(
        ["registries.dict", "registries.decorator", "registries.subclass"],
        "what a module has put elsewhere before it failed is not taken back",
    ),
}


def is_awaited(key: str, asked: frozenset[str] = frozenset()) -> bool:
    """Whether something is left out, of a run that asks for some of it: `frozenset({"all"})` for all."""
    return key in AWAITED and key not in asked and "all" not in asked
