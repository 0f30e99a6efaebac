"""What is known to differ and not to be right yet: left out of the runs, unless they are asked for it. To be empty in the end.

A key is ``feature``, ``feature.way``, ``action.name`` or ``view.name``; the reason is one line.
"""

from __future__ import annotations

AWAITED: dict[str, str] = {
    "view.subclasses": "a class that a reload has replaced stays among its base's subclasses until the garbage is collected",
    "action.reload_by_hand": "what a user executes by hand does not make its importers stale",
    "action.import_again": "what a user takes out of sys.modules and imports does not make its importers stale",
    "action.patch": "a package keeps the mock that it was asked for while a name of a module was patched",
    "state.connect": "a package keeps what a module had before it set a global anew",
    "registries.subclasses": "a class that a reload has replaced stays among its base's subclasses",
    "deferred.computed": "an import_module() of what is loaded already is not observed",
    "deferred.getattr": "an attribute of a package that is there already is not observed",
    **dict.fromkeys(
        [
            "computed.import_module",
            "computed.camelized",
            "computed.relative",
            "computed.dunder_import",
            "computed.exec",
            "computed.resolve_name",
            "computed.entry_point",
            "computed.getattr",
            "computed.getattr_class",
            "computed.getattr_function",
        ],
        "an import that no source shows is not observed, or only if nobody had imported the module before",
    ),
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
