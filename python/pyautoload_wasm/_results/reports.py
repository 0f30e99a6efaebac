"""What a reload or an eager load did, and why."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pyautoload_wasm._base.frames import failing_line, is_users
from pyautoload_wasm._base.hiding import hidden_methods
from pyautoload_wasm.errors import ReloadError

#: How many functions of a module one line names.
_MOST_FUNCTIONS = 3


class CallbackError(NamedTuple):
    """A callback that raised: what it was called for and which it is, with its error."""

    callback: str
    error: BaseException

    def plain(self) -> dict[str, str]:
        """As plain data."""
        return {"callback": self.callback, "traceback": "".join(traceback.format_exception(self.error))}


@dataclass
class FailedReload:
    """A module that could not be reloaded: its error, and the modules that run their old code because of it, itself included."""

    name: str
    path: str | None
    error: BaseException
    held: list[str]

    @property
    def line(self) -> int | None:
        """The line of the module's file where it failed, counted from one."""
        return failing_line(self.error, self.path)

    @property
    def traceback(self) -> str:
        """The traceback as Python would print it, with the users' lines alone."""
        shown = traceback.TracebackException.from_exception(self.error)
        shown.stack = traceback.StackSummary.from_list([frame for frame in shown.stack if is_users(frame.filename)])
        return "".join(shown.format())

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "name": self.name,
            "path": self.path,
            "line": self.line,
            "type": type(self.error).__name__,
            "message": self.error.msg if isinstance(self.error, SyntaxError) else str(self.error),
            "traceback": self.traceback,
            "held": self.held,
        }


@hidden_methods
@dataclass
class ReloadReport:
    """What `flush` did. False where nothing was to be done."""

    #: Paths whose contents changed, that appeared, or that vanished.
    changed: list[str] = field(default_factory=list)
    #: Modules whose functions run the code of the edited file although nothing was executed, each with the qualified names of the
    #: functions that were changed, added or removed. None where only line numbers differ.
    patched: dict[str, list[str]] = field(default_factory=dict)
    #: The modules that were executed again, in the order of their execution, each with the reason why no less was enough.
    reloaded: dict[str, str] = field(default_factory=dict)
    #: The modules that are no longer there, each with the reason.
    removed: dict[str, str] = field(default_factory=dict)
    failed: list[FailedReload] = field(default_factory=list)
    #: Modules that run old code because a reload failed, this time or before.
    pending: list[str] = field(default_factory=list)
    #: Modules that were left alone, as `do_not_reload` says.
    kept: list[str] = field(default_factory=list)
    #: Names in tracked namespaces that were bound to a module's new objects.
    rebound: list[str] = field(default_factory=list)
    #: Names in tracked namespaces that stay as they were, since the import that brought them would fail now, each with the error.
    stayed: dict[str, str] = field(default_factory=dict)
    #: Patched functions whose functools caches were cleared, by full name.
    cleared: list[str] = field(default_factory=list)
    #: Classes and functions that were executed again, by full name, each with how many objects and references are of the new one now.
    followed: dict[str, int] = field(default_factory=dict)
    #: Classes and functions that somebody still holds in their old form, by full name, each with the reason.
    not_followed: dict[str, str] = field(default_factory=dict)
    #: Packages that changed files import and that are not there, each with where it can be had.
    needed: dict[str, str] = field(default_factory=dict)
    #: Callbacks that raised.
    errors: list[CallbackError] = field(default_factory=list)
    seconds: float = 0.0
    #: Whether what was asked for waits for the end of an import or of another reload: the next flush does it.
    waiting: bool = False

    def __bool__(self) -> bool:
        done = self.patched or self.reloaded or self.removed
        return bool(self.changed or done or self.failed or self.kept or self.errors)

    def raise_if_failed(self) -> None:
        """Raises ReloadError, from the first error, where a module could not be reloaded."""
        if self.failed:
            first = self.failed[0]
            held = [name for name in first.held if name != first.name]
            more = f"; {', '.join(held)} run their old code too" if held else ""
            raise ReloadError(
                f"{first.name} could not be reloaded and runs its old code{more}: {type(first.error).__name__}: {first.error}. "
                "Correct the file, and it is tried again",
                name=first.name,
                path=first.path,
            ) from first.error

    def plain(self) -> dict[str, Any]:
        """As plain data, for JavaScript."""
        return {
            "changed": self.changed,
            "patched": [{"name": name, "functions": functions} for name, functions in self.patched.items()],
            "reloaded": [{"name": name, "reason": reason} for name, reason in self.reloaded.items()],
            "removed": [{"name": name, "reason": reason} for name, reason in self.removed.items()],
            "failed": [failed.plain() for failed in self.failed],
            "pending": self.pending,
            "kept": self.kept,
            "rebound": self.rebound,
            "stayed": [{"name": name, "reason": reason} for name, reason in self.stayed.items()],
            "cleared": self.cleared,
            "followed": [{"name": name, "count": count} for name, count in self.followed.items()],
            "notFollowed": [{"name": name, "reason": reason} for name, reason in self.not_followed.items()],
            "needed": [{"name": name, "reason": reason} for name, reason in self.needed.items()],
            "errors": [error.plain() for error in self.errors],
            "seconds": self.seconds,
            "waiting": self.waiting,
        }

    def __str__(self) -> str:
        parts = []
        if self.patched:
            parts.append(f"patched {', '.join(_patched(*each) for each in self.patched.items())}")
        if self.reloaded:
            parts.append(f"reloaded {', '.join(self.reloaded)}")
        if self.removed:
            parts.append(f"removed {', '.join(self.removed)}")
        for failed in self.failed:
            line = "" if failed.line is None else f", line {failed.line}"
            parts.append(
                f"{failed.name} failed{line} ({type(failed.error).__name__}: {failed.error}), old code runs on"
            )
        if self.stayed:
            one = len(self.stayed) == 1
            parts.append(
                f"{', '.join(self.stayed)} {'stays as it was: its import' if one else 'stay as they were: their imports'} "
                "would fail now"
            )
        if self.cleared:
            parts.append(f"cleared the {'cache' if len(self.cleared) == 1 else 'caches'} of {', '.join(self.cleared)}")
        parts += [f"{name} does not follow everywhere: {reason}" for name, reason in self.not_followed.items()]
        parts += self.needed.values()
        if self.waiting:
            parts.append(
                "waiting for the end of an import or of another reload; the next flush does what was asked for"
            )
        return "; ".join(parts) or "nothing to reload"


def _patched(name: str, functions: list[str]) -> str:
    """A module with its patched functions: all of them, or two and how many more."""
    if not functions:
        return f"{name} (line numbers)"
    shown = functions if len(functions) <= _MOST_FUNCTIONS else [*functions[:2], f"{len(functions) - 2} more"]
    return f"{name} ({', '.join(shown)})"


@hidden_methods
@dataclass
class EagerLoadReport:
    """What eager loading did. False where nothing was to be loaded."""

    #: Names of the modules that are loaded.
    loaded: list[str] = field(default_factory=list)
    #: Names of the modules that could not be loaded, each with its exception.
    failed: dict[str, BaseException] = field(default_factory=dict)
    #: Names of the modules that were left out: programs (``__main__``), and what `do_not_eager_load` covers.
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.loaded or self.failed)

    def add(self, other: EagerLoadReport) -> None:
        """Takes what another report says into this one."""
        self.loaded += other.loaded
        self.failed |= other.failed
        self.skipped += other.skipped
        self.seconds += other.seconds

    def raise_if_failed(self) -> None:
        """Raises the exception of the first module that could not be loaded."""
        for error in self.failed.values():
            raise error

    def __str__(self) -> str:
        parts = []
        if self.loaded:
            parts.append(f"loaded {len(self.loaded)} module{'s' if len(self.loaded) > 1 else ''}")
        parts += [f"{name} failed ({type(error).__name__}: {error})" for name, error in self.failed.items()]
        return "; ".join(parts) or "nothing to load"
