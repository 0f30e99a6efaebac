"""What an edit calls for, and why: the rule of docs/reloading.md, as the generator knows it."""

from __future__ import annotations

import enum
import sys
from typing import NamedTuple

#: Whether Python can tell what runs during imports, without which nothing is patched.
CAN_PATCH = sys.version_info >= (3, 12)


class Step(enum.IntEnum):
    """The steps of the rule, the least first."""

    NOTHING = 0
    LINES = 1
    PATCHED = 2
    EXECUTED = 3


class Change(NamedTuple):
    """One thing that differs between two versions of a file."""

    step: Step
    #: What was edited.
    kind: str
    #: Of a patch: the function that the report names.
    function: str = ""
    #: Of an execution: what the reason in the report says.
    why: str = ""


class Facts(NamedTuple):
    """What has happened to a module while the modules that are loaded were imported."""

    #: Its functions that ran; of classes, by qualified name.
    ran: frozenset[str] = frozenset()
    #: Whether somebody may have read all its names.
    is_listed: bool = False
    #: Whether somebody may have read all that it has.
    is_read: bool = False
    #: Names, of any module, that were asked for; and those with which something was done besides.
    wanted: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    #: Names of classes, of any module, that were given to somebody.
    handed: frozenset[str] = frozenset()
    #: Whether a star import of the module brings a function that others have as well.
    has_twin: bool = False


def patch(facts: Facts, kind: str, function: str) -> Change:
    """The label of an edit that lies in a function: a patch, unless the function ran."""
    if function in facts.ran:
        return Change(Step.EXECUTED, f"{kind} that ran", why=f"`{function}` ran while")
    return Change(Step.PATCHED, kind, function)


def read(facts: Facts, kind: str, function: str) -> Change:
    """The label of an edit that can be seen without a call: of parameters, a default, a docstring."""
    owner, _, name = function.rpartition(".")
    if function not in facts.ran and (facts.is_read or name in facts.used or owner in facts.handed):
        return Change(Step.EXECUTED, f"{kind} that was asked for", why="may have been read while")
    return patch(facts, kind, function)


def coming(facts: Facts, kind: str, function: str) -> Change:
    """The label of a function that comes or goes."""
    if function in facts.wanted:
        return Change(Step.EXECUTED, f"{kind} that was asked for", why="is mentioned in what ran")
    owner, _, name = function.rpartition(".")
    if facts.is_read or (facts.is_listed and not owner and not name.startswith("_")):
        return Change(Step.EXECUTED, f"{kind} where all names were read", why="all names may have been read")
    if owner in facts.handed:
        return Change(Step.EXECUTED, f"{kind} of a class that was given away", why="may have been looked for while")
    return Change(Step.PATCHED, kind, function)


def execution(kind: str, why: str = "") -> Change:
    """The label of an edit that has to be executed."""
    return Change(Step.EXECUTED, kind, why=why)
