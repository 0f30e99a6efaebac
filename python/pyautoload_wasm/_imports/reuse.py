"""Module objects that are executed again in their own namespaces, as `importlib.reload` does it, and yet as a fresh import would.

Old and new functions of a module have to share one set of globals, and a function's ``__globals__`` cannot be set. So the namespace is
emptied when the import begins, and not before: whoever uses the module meanwhile finds what it had.
"""

from __future__ import annotations

import sys
from types import ModuleType

from pyautoload_wasm._base.hiding import hidden


def _references(module: ModuleType) -> int:
    namespace = module.__dict__
    return sys.getrefcount(namespace)


_ALONE = _references(ModuleType(""))


class Reuse:
    """The modules of one transaction that stay the same objects.

    What a namespace had is noted before it is emptied, and to put that back can be done twice, so an interrupt loses nothing.
    """

    def __init__(self) -> None:
        self._offered: dict[str, ModuleType] = {}
        self._kinds: dict[str, type[ModuleType]] = {}
        #: What the namespaces had before, each as the namespace of a module that nobody else has.
        self.before: dict[str, ModuleType] = {}
        #: How many had each namespace then, besides the module: its functions, most of all.
        self.users: dict[str, int] = {}
        #: What attempts have made of them that did not succeed, in order.
        self.attempts: list[tuple[str, ModuleType]] = []
        self._put_back: set[str] = set()

    def offer(self, name: str, module: ModuleType) -> None:
        """Lets a module be the one that the next import of its name makes."""
        self._offered[name] = module

    @hidden
    def module(self, name: str, kind: type[ModuleType]) -> ModuleType:
        """The module for an import to execute: a new one, or the one of that name, emptied."""
        module = self._offered.get(name)
        if module is None or name in self._put_back:
            return kind(name)
        if name in self.before:
            self.attempts.append((name, _copy(module)))
        else:
            self._kinds[name] = type(module)
            self.users[name] = _references(module) - _ALONE
            self.before[name] = _copy(module)
        if type(module) is not kind:
            module.__class__ = kind
        namespace = module.__dict__
        namespace.clear()
        namespace.update(ModuleType(name).__dict__)
        return module

    def is_changed(self, name: str) -> bool:
        """Whether a module's namespace is not the one from before."""
        return name in self.before and name not in self._put_back

    def put_back(self, name: str) -> None:
        """Gives a module the namespace that it had, unless that was done."""
        if not self.is_changed(name):
            return
        module = self._offered[name]
        self.attempts.append((name, _copy(module)))
        if type(module) is not self._kinds[name]:
            module.__class__ = self._kinds[name]
        namespace = module.__dict__
        namespace.clear()
        namespace.update(self.before[name].__dict__)
        self._put_back.add(name)

    def __repr__(self) -> str:
        return f"<Reuse of {', '.join(self._offered)}>"


def _copy(module: ModuleType) -> ModuleType:
    copy = ModuleType("")
    copy.__dict__.clear()
    copy.__dict__.update(module.__dict__)
    return copy
