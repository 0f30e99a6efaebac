"""Binds names in tracked namespaces to what has come in the place of their objects, and can undo it.

A name that a source has told of is what its import would bring now. Of others the object tells, as far as it can: modules; functions
and classes, which know their module; and where nobody tells sources, a value that one module alone has under the same name.
"""

from __future__ import annotations

import functools
import sys
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._imports.packages import MISSING
from pyautoload_wasm._reload.tracking import Followed, Namespace, Tracked, names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from pyautoload_wasm._imports.state import LoadState
    from pyautoload_wasm._reload.sources import Origin

#: What a module defines, and knows its module by itself.
_DEFINED = (type, FunctionType, type(functools.cache(lambda: None)))


class Rebinding:
    """The names that one transaction binds anew."""

    def __init__(self, tracked: Callable[[], list[Tracked]], state: LoadState) -> None:
        self._tracked = tracked
        self._state = state
        self._before: list[tuple[Namespace, str, Any, Followed | None]] = []
        #: The names that stay as they were, since their import would fail now, each with why.
        self.stayed: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """The names that were bound anew, each once."""
        return list(dict.fromkeys(name for _, name, _, _ in self._before))

    @property
    def notes(self) -> list[object]:
        """What knows how the names were."""
        return list(self._before)

    def apply(self, old_modules: Mapping[str, ModuleType]) -> None:
        """Binds every name that came from one of the old modules."""
        for tracked in self._tracked():
            self.follow_imports(tracked, old_modules)
            self._follow_objects(tracked, old_modules)

    def follow_removed(self, names: Collection[str]) -> None:
        """Binds the names that imports have brought from modules which are gone, where that import brings something else now."""
        for tracked in self._tracked():
            self.follow_imports(tracked, names)

    def follow_imports(self, tracked: Tracked, names: Collection[str]) -> None:
        """Binds the names that imports have brought to what these bring now, if some modules have to do with it."""
        for bound, followed in list(tracked.followed.items()):
            if followed.modules is None or followed.modules.isdisjoint(names):
                continue
            value = tracked.namespace.get(bound, MISSING)
            if value is followed.value:
                try:
                    value = _brought(followed.origin)
                except Exception as error:
                    self.stayed[bound] = f"{type(error).__name__}: {error}"
                else:
                    self._bind(tracked.namespace, bound, value, followed)
            elif self._has_bound(tracked.namespace, bound, followed.value):
                # Another loader on the same session tracks the namespace as well.
                self._before.append((tracked.namespace, bound, followed.value, followed))
                followed.value = value

    def _follow_objects(self, tracked: Tracked, old_modules: Mapping[str, ModuleType]) -> None:
        own_names = {id(module): name for name, module in old_modules.items()}
        for bound, value in list(tracked.namespace.items()):
            followed = tracked.followed.get(bound)
            if followed is not None and followed.value is value:
                continue
            if id(value) in own_names:
                self._bind(tracked.namespace, bound, sys.modules.get(own_names[id(value)], value))
            elif issubclass(type(value), _DEFINED):
                self._bind(tracked.namespace, bound, self._successor(bound, value, old_modules))
            elif not tracked.has_sources and not bound.startswith("__"):
                self._bind(tracked.namespace, bound, self._value_of_one(bound, value, old_modules))

    def _successor(self, bound: str, value: Any, old_modules: Mapping[str, ModuleType]) -> Any:
        """What has come in the place of a function or class: what its module now has where that stood, or else what a module has that
        exported it, as a package does when the class has moved.
        """
        definer = value.__module__ if isinstance(value.__module__, str) else ""
        if definer not in old_modules and (definer in sys.modules or not self._state.catalog.owns(definer)):
            return value
        own_name = value.__name__ if isinstance(value.__name__, str) else bound
        for module in dict.fromkeys([definer, *sorted(old_modules, key=lambda name: name.count("."))]):
            old = names_of(old_modules.get(module))
            for attribute in (bound, own_name, *old):
                if old.get(attribute, MISSING) is value:
                    new = names_of(sys.modules.get(module)).get(attribute, MISSING)
                    if new is not MISSING:
                        return new
        return value

    def _value_of_one(self, bound: str, value: Any, old_modules: Mapping[str, ModuleType]) -> Any:
        """What has come in the place of any other value: what a module now has under that name, if that module alone had it, and
        has not imported it.
        """
        holders = [name for name in old_modules if names_of(old_modules[name]).get(bound, MISSING) is value]
        if not holders:
            return value
        others = (name for name in list(self._state.catalog.supplied) if name not in old_modules)
        holders += [name for name in others if names_of(sys.modules.get(name)).get(bound, MISSING) is value]
        definers = [name for name in holders if self._binds(name, bound)]
        if len(definers) != 1 or definers[0] not in old_modules:
            return value
        return names_of(sys.modules.get(definers[0])).get(bound, value)

    def _binds(self, name: str, bound: str) -> bool:
        """Whether a module binds a name other than by an import, as far as its code is known."""
        cached = self._state.codes.get(getattr(sys.modules.get(name), "__file__", None) or "")
        return cached is None or any(stored == bound for stored in _stored(cached.code))

    def _bind(self, namespace: Namespace, bound: str, value: Any, followed: Followed | None = None) -> None:
        old = namespace[bound]
        if value is old:
            return
        self._before.append((namespace, bound, old, followed))
        namespace[bound] = value
        if followed is not None:
            followed.value = value

    def _has_bound(self, namespace: Namespace, bound: str, old: Any) -> bool:
        return any(there is namespace and name == bound and value is old for there, name, value, _ in self._before)

    def keep(self) -> None:
        """Lets go of what the names were bound to."""
        self._before.clear()

    def undo(self) -> None:
        """Binds the names as they were."""
        for namespace, bound, value, followed in reversed(self._before):
            dict.__setitem__(namespace, bound, value)
            if followed is not None:
                followed.value = value
        self._before.clear()
        self.stayed.clear()


def _brought(origin: Origin) -> Any:
    """What an import brings now. Raises what that raises."""
    if origin.module not in sys.modules:
        __import__(origin.module)
    module = sys.modules[origin.module]
    if origin.attribute is None:
        return module
    try:
        return getattr(module, origin.attribute)
    except AttributeError:
        submodule = sys.modules.get(join_name(origin.module, origin.attribute))
        if submodule is not None:
            return submodule
        raise ImportError(f"cannot import name {origin.attribute!r} from {origin.module!r}") from None


def _stored(code: CodeType) -> Iterator[str]:
    """The names that the body of a module binds other than by an import."""
    import dis

    before = ""
    for instruction in dis.get_instructions(code):
        is_store = instruction.opname in ("STORE_NAME", "STORE_GLOBAL")
        if is_store and before not in ("IMPORT_NAME", "IMPORT_FROM"):
            yield instruction.argval
        before = instruction.opname
