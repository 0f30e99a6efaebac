"""What the modules of a loader keep through re-executions, as `once` asks for: a trained model, a connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import CodeType
from typing import Any, NamedTuple, TypeVar

from pyautoload_wasm._base.codes import constant_key, is_constant, is_same_code
from pyautoload_wasm._imports.ran import codes_in
from pyautoload_wasm.errors import ConfigurationError

T = TypeVar("T")

#: Stands for a default value that is no constant, and is evaluated anew by each execution.
_EVALUATED = "evaluated"


class _Code(NamedTuple):
    """A function's code, with the module that defines it: files can be renamed."""

    module: object
    code: CodeType


class _Kept(NamedTuple):
    """What a module keeps: the value, what made it, and the executions of the module that made it and that asked for it last."""

    value: Any
    maker: tuple[object, ...]
    made: int
    asked: int


class KeptValues:
    """What the modules of one loader keep. A transaction takes a copy, and puts it back where it fails.

    No lock: a module's body is run by one thread at a time, and the others wait for that by importlib's own locks.
    """

    def __init__(self) -> None:
        self._values: dict[str, dict[str, _Kept]] = {}
        #: Modules whose next execution makes everything anew.
        self._fresh: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._values or self._fresh)

    def makers(self, module: str) -> Iterator[CodeType]:
        """The codes of a module's functions that made what is kept, and all that is nested in them: an edit of one of these has to
        execute modules again, although it need not have run in their last executions.
        """
        for kept in list(self._values.values()):
            for each in list(kept.values()):
                for part in each.maker:
                    if isinstance(part, _Code) and part.module == module:
                        yield from codes_in(part.code)

    def get(self, module: str, place: int, key: str, function: Callable[[], T]) -> T:
        """What was kept under a key, if that was made by the same code; else what the function returns now."""
        kept = self._values.get(module, {}).get(key)
        if kept is not None and kept.asked == place:
            raise ConfigurationError(
                f"once() was called twice for {key!r} while {module} was executed: give each call a key of its own, as in "
                f"once({key.rpartition('.')[2]}, key='second')"
            )
        maker = _maker_of(function)
        if kept is None or module in self._fresh or not _is_same_maker(kept.maker, maker):
            kept = _Kept(function(), maker, place, place)
        self._values.setdefault(module, {})[key] = kept._replace(asked=place)
        value: T = kept.value
        return value

    def want_fresh(self, module: str) -> None:
        """Lets a module make everything anew when it is executed next."""
        self._fresh.add(module)

    def executed(self, module: str, place: int) -> None:
        """A module's body has run: what it did not ask for any longer goes."""
        self._fresh.discard(module)
        kept = self._values.get(module)
        if kept is not None:
            self._put(module, {key: each for key, each in kept.items() if each.asked == place})

    def failed(self, module: str, place: int) -> None:
        """A module's body has raised: what it has made goes."""
        kept = self._values.get(module)
        if kept is not None:
            self._put(module, {key: each for key, each in kept.items() if each.made != place})

    def forget(self, module: str) -> None:
        """Lets go of all that a module keeps: its file is gone."""
        self._values.pop(module, None)
        self._fresh.discard(module)

    def _put(self, module: str, kept: dict[str, _Kept]) -> None:
        if kept:
            self._values[module] = kept
        else:
            self._values.pop(module, None)

    def copy(self) -> KeptValues:
        """As it is now."""
        copied = KeptValues()
        copied._values = {module: kept.copy() for module, kept in self._values.copy().items()}
        copied._fresh = self._fresh.copy()
        return copied

    def restore(self, before: KeptValues, modules: Iterable[str]) -> None:
        """Makes it as it was before some modules were executed. Can be done twice."""
        for module in modules:
            self._put(module, before._values.get(module, {}).copy())
            if module in before._fresh:
                self._fresh.add(module)

    def close(self) -> None:
        """Lets go of everything."""
        self._values.clear()
        self._fresh.clear()


def layers(function: object) -> list[Any]:
    """A function, and what it wraps."""
    layers = [function]
    while (inner := getattr(layers[-1], "__wrapped__", None)) is not None and inner not in layers:
        layers.append(inner)
    return layers


def _is_same_maker(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return len(before) == len(now) and all(
        is_same_code(was.code, part.code)
        if isinstance(was, _Code) and isinstance(part, _Code)
        else constant_key(was) == constant_key(part)
        for was, part in zip(before, now, strict=True)
    )


def _module_of(function: Any) -> object:
    namespace = getattr(function, "__globals__", None)
    return namespace.get("__name__") if isinstance(namespace, dict) else None


def _maker_of(function: object) -> tuple[object, ...]:
    """What a function's result depends on, as far as it is written in the function itself: code, and defaults."""
    parts: list[object] = []
    for layer in layers(function):
        layer = getattr(layer, "__func__", layer)
        code = getattr(layer, "__code__", None)
        if isinstance(code, CodeType):
            defaults = getattr(layer, "__defaults__", None) or ()
            named = getattr(layer, "__kwdefaults__", None) or {}
            values = [*defaults, *(part for item in sorted(named.items()) for part in item)]
            parts += [
                _Code(_module_of(layer), code),
                tuple(value if is_constant(value) else _EVALUATED for value in values),
            ]
    return tuple(parts)
