"""Events of changed files, as users and JavaScript hand them over."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias, get_args

from pyautoload_wasm._base.arguments import absolute_path, shown
from pyautoload_wasm.errors import ConfigurationError

#: What has happened to a file or a directory.
EventKind: TypeAlias = Literal["created", "modified", "deleted", "renamed"]
#: ``{"kind": "modified", "path": "/app/user.py"}``; one of kind "renamed" also has ``"to"``, the new path.
FileEvent: TypeAlias = Mapping[str, str | None]


def paths_of(changes: Iterable[object]) -> list[str]:
    """The absolute paths that changes are about: paths, events, and lists of both.

    Raises ConfigurationError for anything else.
    """
    paths = []
    for change in _flat(changes):
        if isinstance(change, str | os.PathLike):
            paths.append(absolute_path(change, "notify()"))
        else:
            paths += _paths_of_event(change)
    return paths


def _flat(changes: Iterable[Any]) -> Iterator[object]:
    for change in changes:
        if isinstance(change, str | os.PathLike | Mapping) or not isinstance(change, Iterable):
            yield change
        else:
            yield from change


def _paths_of_event(event: Any) -> list[str]:
    try:
        kind, where, to = event["kind"], event["path"], event.get("to")
    except (AttributeError, KeyError, TypeError):
        raise ConfigurationError(
            f'notify({shown(event)}): expected a path, or an event such as {{"kind": "modified", "path": "/app/user.py"}}'
        ) from None
    if kind not in get_args(EventKind):
        raise ConfigurationError(f"notify(kind={shown(kind)}): expected one of {', '.join(get_args(EventKind))}")
    if (to is None) == (kind == "renamed"):
        way_out = "add the new path as 'to'" if to is None else "only an event of kind 'renamed' has a 'to'"
        raise ConfigurationError(f"notify(kind={kind!r}): {way_out}")
    return [absolute_path(path, "notify()") for path in (where, to) if path is not None]
