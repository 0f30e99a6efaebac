"""What a flush has done, held against the labels of the edits that it has taken in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ..model import closure
from .labels import CAN_PATCH, Change, Step, execution
from .state import State, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..flush import Flush
    from ..record import Record

_CANNOT_PATCH = execution("", "Python tells what runs from 3.12 on")


class Labels:
    """The labels of all that differs when a flush begins, of loaded modules, and what these are in memory."""

    def __init__(
        self, changes: Mapping[str, list[Change]], kept: Mapping[tuple[str, str], bool], *, is_exact: bool
    ) -> None:
        self.changes = changes
        #: The values of `once`, by module and name, and whether executions are to leave them.
        self.kept = {place: (vars(sys.modules[place[0]])[place[1]], is_kept) for place, is_kept in kept.items()}
        #: Whether nothing fails or waits, so that the labels say all.
        self.is_exact = is_exact
        self.states: dict[str, State] = {name: state_of(name) for name in changes}

    def step(self, name: str) -> Step:
        """What the edits of a module call for."""
        found = max((change.step for change in self.changes[name]), default=Step.NOTHING)
        return Step.EXECUTED if found and not CAN_PATCH else found

    @property
    def executes_nothing(self) -> bool:
        """Whether all of it is to be done without an execution."""
        return self.is_exact and all(self.step(name) < Step.EXECUTED for name in self.changes)


def wrong_with_labels(
    flush: Flush, labels: Labels, called: list[str], at_import: Mapping[str, Record]
) -> Iterator[str]:
    """What a flush has done otherwise than the labels say, in sentences."""
    yield from (f"{name} is to be executed, and was patched" for name in _patched_wrongly(flush, labels))
    if labels.is_exact:
        yield from _steps(flush, labels)
        yield from _kept(flush, labels)
    if called and labels.executes_nothing:
        yield f"a patch has run {called}"
    for name in sorted(labels.changes):
        if name in flush.renewed or name not in sys.modules:
            continue
        yield from _state(flush, labels, name)
        if name not in flush.pending:
            yield from _state_of_a_fresh_import(flush, name, at_import[name])


def _patched_wrongly(flush: Flush, labels: Labels) -> list[str]:
    return [name for name in sorted(flush.patched) if labels.step(name) == Step.EXECUTED]


def _steps(flush: Flush, labels: Labels) -> Iterator[str]:
    report = flush.report
    steps = {name: labels.step(name) for name in labels.changes}
    executed = {name for name, step in steps.items() if step == Step.EXECUTED}
    least = closure(executed, flush.importers, flush.loaded)
    most = closure(executed, flush.importers) & flush.loaded
    yield from (f"{name} is to be executed, and was not" for name in sorted(least - report.reloaded.keys()))
    for name in sorted(report.reloaded.keys() - most):
        yield f"{name} was executed ({report.reloaded[name]}), and {_told(labels, name)}"
    to_be_patched = {
        name for name, step in steps.items() if step in (Step.LINES, Step.PATCHED)
    } - report.reloaded.keys()
    if to_be_patched != report.patched.keys():
        yield f"patched are {sorted(report.patched)}, to be patched are {sorted(to_be_patched)}"
    for name in sorted(to_be_patched & report.patched.keys()):
        functions = {change.function for change in labels.changes[name] if change.step == Step.PATCHED}
        if functions != set(report.patched[name]):
            yield f"in {name} the report names {report.patched[name]}, and {_told(labels, name)}"
    for name in sorted(executed & report.reloaded.keys()):
        reasons = [change for change in labels.changes[name] if change.step == Step.EXECUTED]
        if not CAN_PATCH:
            reasons = [_CANNOT_PATCH, *(change for change in reasons if change.why)]
        if not any(change.why in report.reloaded[name] for change in reasons):
            yield f"{name} was executed ({report.reloaded[name]}), and {_told(labels, name)}"


def _kept(flush: Flush, labels: Labels) -> Iterator[str]:
    """A value of `once` is what it was as long as nothing of its maker differs, and another one otherwise."""
    for (name, key), (was, is_kept) in labels.kept.items():
        if name in flush.renewed and (vars(sys.modules[name])[key] is was) is not is_kept:
            yield f"{name}.{key} was {'made anew' if is_kept else 'kept'}, and its maker {'has not' if is_kept else 'has'} changed"


def _told(labels: Labels, name: str) -> str:
    """What differs in a module, in words."""
    told = [f"{change.kind} ({change.why or change.function})" for change in labels.changes[name]]
    return f"its label is {labels.step(name).name.lower()}: {', '.join(told) or 'nothing differs'}"


def _state(flush: Flush, labels: Labels, name: str) -> Iterator[str]:
    """A module that was not executed has the objects that it had, and they point to what they pointed to; but for functions that have
    come or gone.
    """
    before, now = labels.states[name], state_of(name)
    functions = set(flush.report.patched.get(name, ()))
    for path in sorted(before.keys() | now.keys()):
        was, one = before.get(path), now.get(path)
        has_come_or_gone = (was is None or one is None) and any(f"{path}.".startswith(f"{name}.") for name in functions)
        if was != one and not has_come_or_gone:
            yield f"{name}.{path} was {was} and is {one}, and it was not executed"


def _state_of_a_fresh_import(flush: Flush, name: str, was: Record) -> Iterator[str]:
    """What the module had made of itself when its import was over is what a fresh import of the new file makes: so nothing is lost by
    not executing it.
    """
    truth = flush.fresh_record(name)
    if truth is None:
        return
    here, there = _without_functions(was), _without_functions(truth)
    for key in sorted(here.keys() | there.keys()):
        if here.get(key) != there.get(key):
            yield f"{name}.{key} was {here.get(key)!r} when the module had been imported, and fresh is {there.get(key)!r}"


def _without_functions(record: Record) -> dict[str, Any]:
    values: dict[str, Any] = record["values"]
    return {
        key: _members(one) for key, one in values.items() if not (isinstance(one, list) and one[:1] == ["function"])
    }


def _members(value: Any) -> Any:
    """A class without its functions."""
    if not isinstance(value, list) or value[:1] != ["class"] or len(value) < 6:
        return value
    members = {key: one for key, one in value[5].items() if not (isinstance(one, list) and one[:1] == ["function"])}
    return [*value[:5], members, *value[6:]]
