"""An edit that is put into the running code of a module, and can be taken out again."""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.codes import constant_key
from pyautoload_wasm._base.kinds import is_class
from pyautoload_wasm._imports.ran import arm_one, codes_in
from pyautoload_wasm._reload.patching.functions import annotate_of, members_of
from pyautoload_wasm._reload.patching.judging import docstring, static_attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyautoload_wasm._imports.ran import Run
    from pyautoload_wasm._imports.state import Content
    from pyautoload_wasm._reload.patching.functions import Found
    from pyautoload_wasm._reload.patching.judging import Edit, Member, Pair

_MISSING: Any = object()


class Patch:
    """What becomes of one module.

    What is to be undone is noted before it is done, and undoing it can be done twice.
    """

    def __init__(self, module: ModuleType, run: Run, content: Content, edit: Edit, found: Found) -> None:
        self.module = module
        self.run = run
        self.content = content
        self._edit = edit
        self._found = found
        self._undo: list[tuple[Callable[..., object], tuple[Any, ...]]] = []
        #: The caches that were emptied, by the qualified names of their functions.
        self.cleared: list[str] = []

    @property
    def functions(self) -> list[str]:
        """The qualified names of the functions that do something else, have come, or have gone."""
        edit = self._edit
        names = [self._name(pair) for pair in edit.changed]
        names += [new.code.co_qualname for _, new in edit.redefined]
        names += [member.qualified_name for member in (*edit.added, *edit.removed)]
        return list(dict.fromkeys(names))

    @property
    def may_import_more(self) -> bool:
        """Whether a function mentions a name that it did not, such as that of a package."""
        edit = self._edit
        return bool(edit.added) or any(not _names_in(new) <= _names_in(old) for old, new in edit.changed)

    def _name(self, pair: Pair) -> str:
        """The qualified name of a function, or of what has its annotations computed by it."""
        owners = self._found.annotated.get(id(pair.old), ())
        return next((getattr(owner, "__qualname__", owner.__name__) for owner in owners), pair.new.co_qualname)

    def apply(self, runs: Iterable[Run]) -> None:
        """Puts the edit in. ``runs`` are all executions that are known."""
        self._inherit(runs)
        found = self._found.functions
        codes = [(function, pair.old, pair.new) for pair in self._edit.pairs for function in found[id(pair.old)]]
        self._undo.append((_set_old_codes, (codes,)))
        for function, _, code in codes:
            function.__code__ = code
        for pair in self._edit.changed:
            self._set_docstrings(pair)
        for old, new in self._edit.redefined:
            for function in self._found.functions[id(old.code)]:
                self._redefine(function, old, new)
        self._set_classes()
        for member in self._edit.removed:
            self._remove(member)
        for member in self._edit.added:
            self._add(member)
        self._forget_what_was_computed()
        self._do(_set, (self.run, "code", self.run.code), _set, (self.run, "code", self._edit.code))

    def _do(
        self,
        undo: Callable[..., object],
        undone_with: tuple[Any, ...],
        do: Callable[..., object],
        done_with: tuple[Any, ...],
    ) -> None:
        self._undo.append((undo, undone_with))
        do(*done_with)

    def _inherit(self, runs: Iterable[Run]) -> None:
        """What is known of a code is known of its new version, which is observed from now on."""
        for pair in self._edit.pairs:
            arm_one(pair.new)
        news = {id(pair.old): pair.new for pair in self._edit.pairs}
        for run in runs:
            if run.ran:
                for at in news.keys() & run.ran.keys():
                    run.ran[id(news[at])] = news[at]

    def _set_docstrings(self, pair: Pair) -> None:
        """Gives a function, and what has copied it from there, the new docstring."""
        old, new = docstring(pair.old), docstring(pair.new)
        if old == new:
            return
        for function in self._found.functions[id(pair.old)]:
            for holder in (function, *self._found.wrappers.get(id(function), ())):
                if getattr(holder, "__doc__", _MISSING) == old:
                    self._do(_set, (holder, "__doc__", old), _set, (holder, "__doc__", new))

    def _redefine(self, function: FunctionType, old: Any, new: Any) -> None:
        """Gives a function its new defaults, unless somebody has set others."""
        for attribute, was, now in (
            ("__defaults__", old.defaults, new.defaults),
            ("__kwdefaults__", old.keyword_defaults, new.keyword_defaults),
            ("__annotations__", old.annotations and _annotations(old), new.annotations and _annotations(new)),
        ):
            if constant_key(was) != constant_key(now) and getattr(function, attribute) == was:
                self._do(_set, (function, attribute, was), _set, (function, attribute, now))

    def _set_classes(self) -> None:
        """Gives classes the lines and the attributes that a fresh import would have found (Python 3.13)."""
        if sys.version_info < (3, 13):
            return
        for name, code in self._edit.classes.items():
            cls = _owner(self.module, name)
            for attribute, value in (
                ("__firstlineno__", code.co_firstlineno),
                ("__static_attributes__", static_attributes(code)),
            ):
                before = members_of(cls).get(attribute) if is_class(cls) else None
                if before is not None and value is not None and before != value:
                    self._do(type.__setattr__, (cls, attribute, before), type.__setattr__, (cls, attribute, value))

    def _remove(self, member: Member) -> None:
        """Takes out a function, unless somebody has put something else there."""
        owner, name = _owner(self.module, member.owner), member.definition.name
        value = members_of(owner).get(name, _MISSING)
        if type(value) is FunctionType and value.__code__ is member.definition.code:
            self._do(_put, (owner, name, value), _take, (owner, name))

    def _add(self, member: Member) -> None:
        owner, definition = _owner(self.module, member.owner), member.definition
        if definition.name in members_of(owner):
            return  # set by hand
        function = FunctionType(definition.code, vars(self.module), definition.name, definition.defaults)
        function.__kwdefaults__ = definition.keyword_defaults
        if definition.annotations is not None:
            function.__annotations__ = _annotations(definition)
        if definition.annotate is not None:
            arm_one(definition.annotate)
            vars(type(function))["__annotate__"].__set__(
                function, FunctionType(definition.annotate, vars(self.module), "__annotate__")
            )
        arm_one(definition.code)
        self._do(_take, (owner, definition.name), _put, (owner, definition.name, function))

    def _forget_what_was_computed(self) -> None:
        """Empties the caches of functions that do something else, and what was computed of annotations."""
        for pair in self._edit.changed:
            for cache in self._found.caches.get(id(pair.old), ()):
                self._undo.append((cache.cache_clear, ()))
                cache.cache_clear()
                self.cleared.append(pair.new.co_qualname)
            for owner in self._found.annotated.get(id(pair.old), ()):
                self._do(_compute_again, (owner,), _compute_again, (owner,))

    def undo(self) -> None:
        """Takes the edit out. Can be called twice."""
        for undo, arguments in reversed(self._undo):
            undo(*arguments)

    def __repr__(self) -> str:
        return f"<Patch of {self.module.__name__}>"


def _names_in(code: CodeType) -> set[str]:
    return {name for one in codes_in(code) for name in one.co_names}


def _set(owner: Any, attribute: str, value: Any) -> None:
    setattr(owner, attribute, value)


def _set_old_codes(codes: list[tuple[FunctionType, CodeType, CodeType]]) -> None:
    for function, old, _ in codes:
        function.__code__ = old


def _compute_again(owner: Any) -> None:
    """Setting what computes the annotations forgets them."""
    owner.__annotate__ = annotate_of(owner)


def _owner(module: ModuleType, qualified_name: str) -> Any:
    owner: Any = module
    for part in qualified_name.split(".") if qualified_name else ():
        owner = members_of(owner).get(part)
    return owner


def _put(owner: Any, name: str, value: Any) -> None:
    if is_class(owner):
        type.__setattr__(owner, name, value)
    else:
        vars(owner)[name] = value


def _take(owner: Any, name: str) -> None:
    if name in members_of(owner):
        if is_class(owner):
            type.__delattr__(owner, name)
        else:
            vars(owner).pop(name, None)


def _annotations(definition: Any) -> dict[str, str]:
    flat = definition.annotations or ()
    return dict(zip(flat[::2], flat[1::2], strict=True))
