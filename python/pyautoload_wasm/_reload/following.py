"""Objects that follow a reload: those that were made by the old modules, and that somebody else still has.

Instances get the new class, functions the new code, and the old classes and functions become the new ones where they are held. That
takes at most one look through the heap for each transaction, and none where nobody holds anything. All of it can be undone.
"""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from enum import Enum, Flag
from types import FunctionType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.kinds import is_class
from pyautoload_wasm._reload.holders import Inside
from pyautoload_wasm._reload.pairs import pairs_of, qualname
from pyautoload_wasm._reload.renewal import codes_in, renew, renew_code
from pyautoload_wasm._reload.successors import Successors
from pyautoload_wasm._reload.tracking import names_of
from pyautoload_wasm._reload.undoable import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import CodeType, ModuleType

    from pyautoload_wasm._imports.reuse import Reuse
    from pyautoload_wasm._imports.state import LoadState
    from pyautoload_wasm._reload.pairs import Pair, Pairs
    from pyautoload_wasm._results.reports import ReloadReport

_subclasses_of: Callable[[type], list[type]] = type.__subclasses__

_GONE = "it is gone from its file"
#: From so many objects on a search of our own takes less time than Python's.
_MANY = 1000


class Following:
    """What becomes of the objects of one transaction."""

    def __init__(self, state: LoadState, reuse: Reuse) -> None:
        self._state = state
        self._reuse = reuse
        self._changes = Changes()
        self._inside: Inside | None = None
        self._pairs: Pairs = {}
        #: The ids of containers that have old objects and that nobody else can see.
        self._own: set[int] = set()
        #: The ids of classes some of whose instances could not follow, and of functions that cannot have the new code.
        self._stuck: dict[int, str] = {}
        self._followed: dict[str, int] = {}
        self._not_followed: dict[str, str] = {}

    def apply(self, before: Mapping[str, ModuleType], own: Iterable[object] = ()) -> None:
        """Lets everything follow that the modules had ``before``. ``own`` are our own containers that have some of it."""
        own = list(own)
        self._inside = inside = Inside(pairs_of(before), before, own)
        held = inside.pairs_held()
        closures = [module for name, module in self._reused() if self._has_unknown_users(name, module, inside)]
        namespaces = {id(names_of(module)) for _, module in self._reused()}
        others = [
            value
            for value in inside.held.values()
            if not inside.has_pair(value) and (_is_function_of(value, namespaces) or inside.is_old_class(value))
        ]
        if not held and not closures and not others:
            return
        self._pairs = {id(pair.old): pair for pair in held}
        self._own = {*inside.own, *map(id, own), id(own), id(held), id(closures), id(others), id(self._pairs)}
        looked_for = [*self._pairs.values()]
        objects = (*(pair.old for pair in looked_for), *(names_of(module) for module in closures))
        self._own.add(id(objects))
        self._own.add(id(looked_for))
        derived = list(self._derived(before, inside.held))
        for cls in [*derived, *(pair.old for pair in held if is_class(pair.old))]:
            self._own.update((id(cls.__bases__), id(cls.__mro__)))
        found = _referrers(objects)
        holders = [holder for holder in found if id(holder) not in self._own]
        del found
        del objects
        self._follow(holders, derived)
        #: By the namespace of a function and the module's name of a class.
        users: defaultdict[object, list[Any]] = defaultdict(list)
        for user in (*others, *(holder for holder in holders if type(holder) is FunctionType)):
            is_function = type(user) is FunctionType
            users[id(user.__globals__) if is_function else user.__dict__.get("__module__")].append(user)
        left = set(map(id, others))
        for name, module in self._reused() if users else ():
            if own_users := [*users[id(names_of(module))], *users[name]]:
                self._renew_closures(name, module, own_users, left)

    def _reused(self) -> Iterator[tuple[str, ModuleType]]:
        for name in self._reuse.before:
            module = sys.modules.get(name)
            if module is not None:
                yield name, module

    def _has_unknown_users(self, name: str, module: ModuleType, inside: Inside) -> bool:
        """Whether there are functions with a module's globals that no name leads to, such as what a call has returned."""
        return not inside.is_complete or self._reuse.users[name] > inside.functions_of(names_of(module))

    def _derived(self, before: Mapping[str, ModuleType], held: Mapping[int, Any]) -> Iterator[type]:
        """The classes that derive from old ones and are no old ones themselves, unless somebody has one that is gone from its file."""
        seen = set()
        pending = [pair.old for pair in self._pairs.values() if is_class(pair.old)]
        while pending:
            for cls in _subclasses_of(pending.pop()):
                is_old = id(cls) in self._pairs or cls.__dict__.get("__module__") in before
                if id(cls) not in seen and (not is_old or (id(cls) in held and id(cls) not in self._pairs)):
                    seen.add(id(cls))
                    pending.append(cls)
                    yield cls

    def _follow(self, holders: list[Any], derived: list[type]) -> None:
        for cls in derived:
            self._follow_bases(cls)
        for holder in holders:
            pair = self._pairs.get(id(type(holder)))
            if pair is not None:
                self._follow_class(holder, pair)
        for pair in self._pairs.values():
            if is_class(pair.old) or qualname(pair.old) is None:
                continue
            if pair.owner is not None and id(pair.owner.old) in self._stuck:
                self._stuck[id(pair.old)] = "some of its instances cannot follow"
                continue
            why = renew(pair.old, pair.new, self._changes)
            if why is None:
                self._count(pair)
            else:
                self._stuck[id(pair.old)] = why
        successors = Successors(self._pairs, self._changes, _Namespaces().class_of)
        for holder in holders:
            if not successors.replace_in(holder) and id(type(holder)) not in self._pairs:
                self._note_holder(holder)
        for key, places in successors.places.items():
            self._count(self._pairs[key], places)

    def _follow_bases(self, cls: type) -> None:
        """Lets a class derive from the new ones in the places of the old."""
        bases = cls.__bases__
        new = tuple(self._pairs[id(base)].new if id(base) in self._pairs else base for base in bases)
        if all(base is now for base, now in zip(bases, new, strict=True)):
            return
        changed = [self._pairs[id(base)] for base in bases if id(base) in self._pairs]
        try:
            self._changes.set_bases(cls, new)
        except TypeError as error:
            for pair in changed:
                self._note(pair, f"{_described(cls)} derives from it: {error}")
        else:
            for pair in changed:
                self._count(pair)

    def _follow_class(self, instance: Any, pair: Pair) -> None:
        """Makes an instance of an old class one of the new."""
        if issubclass(pair.old, Enum) and issubclass(pair.new, Enum) and not self._has_place(instance, pair):
            return
        why = None
        if issubclass(pair.old, tuple) and getattr(pair.old, "_fields", None) != getattr(pair.new, "_fields", None):
            why = "its fields are others now"
        else:
            try:
                self._changes.set_class(instance, pair.new)
            except TypeError as error:
                why = str(error)
        if why is None:
            self._count(pair)
        else:
            self._stuck[id(pair.old)] = why
            self._note(pair, f"instances stay as they are: {why}")

    def _has_place(self, member: Any, pair: Pair) -> bool:
        """Whether a member of an enumeration can be one of the new. Combined flags are entered there, unless it has them already."""
        new: Any = pair.new
        name, value = getattr(member, "_name_", None), getattr(member, "_value_", None)
        if name in new.__members__:
            return True
        if issubclass(new, Flag) and type(value) is int and not value & ~new._flag_mask_:
            if value not in new._value2member_map_:
                self._changes.add_item(new._value2member_map_, value, member)
            return True
        self._note(pair, f"there is no member {name} any more")
        return False

    def _renew_closures(self, name: str, module: ModuleType, users: list[Any], left: set[int]) -> None:
        """Gives functions of a module that calls have returned the new code of their name. Of old classes it says that they have no
        successor, and so of the functions that are ``left``, by their ids.
        """
        cached = self._state.codes.get(getattr(module, "__file__", None) or "")
        codes: dict[str, list[CodeType]] = {}
        for code in () if cached is None else codes_in(cached.code):
            codes.setdefault(code.co_qualname, []).append(code)
        current = {id(code) for several in codes.values() for code in several}
        done = set()
        why: str | None
        for user in users:
            if id(user) in done or id(user) in self._pairs:
                continue
            if is_class(user):
                done.add(id(user))
                own_name, why = qualname(user) or "", _GONE
            elif id(user.__code__) not in current:
                done.add(id(user))
                own_name = user.__code__.co_qualname
                if own_name not in codes and id(user) not in left:
                    continue  # what `exec` has made, of a dataclass for example
                why = self._renew_by_name(user, codes.get(own_name, []))
            else:
                continue
            own_name = f"{name}.{own_name}"
            if why is not None:
                self._not_followed.setdefault(own_name, why)
            else:
                self._followed[own_name] = self._followed.get(own_name, 0) + 1

    def _renew_by_name(self, function: FunctionType, candidates: list[CodeType]) -> str | None:
        """Gives a function the code of its name. Returns why it has it not, or None."""
        if not candidates:
            return _GONE
        if len(candidates) > 1:
            return "several functions in its file have this name"
        return renew_code(function, candidates[0], self._changes)

    def _note_holder(self, holder: Any) -> None:
        for value in gc.get_referents(holder):
            pair = self._pairs.get(id(value))
            if pair is not None and (qualname(pair.old) is None or is_class(pair.old) or id(pair.old) in self._stuck):
                self._note(pair, f"held by {_described(type(holder))}")

    def _count(self, pair: Pair, number: int = 1) -> None:
        self._followed[pair.name] = self._followed.get(pair.name, 0) + number

    def _note(self, pair: Pair, why: str) -> None:
        self._not_followed.setdefault(pair.name, why)

    def undo(self) -> None:
        """Makes everything as it was."""
        self._changes.undo()

    def keep(self) -> None:
        """Lets go of the old objects, when nobody notes any more how everything was."""
        self._changes.keep()
        self._pairs = {}
        if self._inside is not None:
            self._inside.dissolve()
            self._inside = None

    def tell(self, report: ReloadReport) -> None:
        """Enters into a report what has followed, and what has not."""
        for name, number in self._followed.items():
            report.followed[name] = report.followed.get(name, 0) + number
        report.not_followed.update(self._not_followed)


def _is_function_of(value: object, namespaces: set[int]) -> bool:
    return type(value) is FunctionType and id(value.__globals__) in namespaces


def _referrers(objects: tuple[Any, ...]) -> list[Any]:
    """What refers to some objects. Python's own search compares each reference of the heap with each of them, and looks through the
    heap for none as well.
    """
    if len(objects) < _MANY:
        return gc.get_referrers(*objects) if objects else []
    wanted = set(map(id, objects))
    return [one for one in gc.get_objects() if not wanted.isdisjoint(map(id, gc.get_referents(one)))]


class _Namespaces:
    """Which class a dict belongs to. Only the garbage collector tells what a class refers to, so each class is asked once."""

    def __init__(self) -> None:
        self._classes: dict[int, type] | None = None

    def class_of(self, namespace: dict[str, Any]) -> type | None:
        """The class that a dict belongs to, if it belongs to one."""
        if "__doc__" not in namespace:
            return None
        if self._classes is None:
            self._classes = dict(self._all())
        return self._classes.get(id(namespace))

    @staticmethod
    def _all() -> Iterator[tuple[int, type]]:
        """All classes, each by the ids of the dicts that it has."""
        pending: list[type] = [object]
        seen = {id(object)}
        for cls in pending:
            yield from ((id(value), cls) for value in gc.get_referents(cls) if type(value) is dict)
            for child in _subclasses_of(cls):
                if id(child) not in seen:
                    seen.add(id(child))
                    pending.append(child)


def _described(kind: type) -> str:
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"
