"""Names without imports: a bare name that a module does not have is looked for among the loader's modules, the nearest namespace
first, then outwards.

Python looks a name up in a module's globals, and then in the mapping that these have as ``__builtins__``. Here that is an empty dict
whose ``__missing__`` asks the real builtins, and after them the finder. Nothing is copied and nothing is kept: a builtin that is
replaced, and a module that is reloaded, are seen at once. A copy of the builtins would be looked up in two thirds of the time, and
would hide from these modules what ``unittest.mock`` or a page puts in the place of ``print``.
"""

from __future__ import annotations

import builtins
import sys
from functools import partial
from operator import attrgetter
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from pyautoload_wasm._diagnosis.cycles import circle, is_initializing
from pyautoload_wasm.errors import AutoloadError
from pyautoload_wasm._imports.loaders import SourceLoader
from pyautoload_wasm._base.frames import forget_ours, hidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyautoload_wasm._imports.finder import AutoloadFinder

#: Until CPython 3.12 an import statement looks for `__import__` in the dict itself, past `__missing__`.
_IMPORTS_PAST_MISSING: Final = sys.version_info < (3, 13)
_UNDEFINED: Any = object()


class _Fallback:
    """What is asked for a name that a module's globals do not have. Its ``__dict__`` is that of the builtins, so that ``getattr``
    finds those without running any Python: every use of a builtin comes by here. What is found in no ``__dict__`` comes to
    `__getattr__`.

    Its own attributes have names that nobody writes bare.
    """

    __slots__ = ("__dict__", "__finders__", "__globals__")
    __finders__: list[AutoloadFinder]
    __globals__: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        # A KeyError becomes the NameError of the instruction that looks the name up. Code that runs in a namespace of its own, as by
        # exec(source, {}), inherits the builtins of who runs it, and has no part in this.
        frame = sys._getframe(1)
        namespace = self.__globals__
        if frame.f_globals is not namespace or name.startswith("__"):
            raise KeyError(name)
        try:
            for finder in self.__finders__:
                for around in _nearest_first(namespace, finder):
                    stem = finder.stem_at(around, name)
                    if stem is not None:
                        fullname = f"{around}.{stem}" if around else stem
                        finder.observe(frame, fullname)
                        module = sys.modules.get(fullname)
                        if module is None or is_initializing(module):
                            module = _imported(finder, fullname, name)
                        if stem == name:
                            return module
                        value = getattr(module, name, _UNDEFINED)
                        if value is not _UNDEFINED:
                            return value
                        _refuse_circle(module, name, namespace)
                    else:
                        # Who has looked for it in vain is affected when it comes.
                        finder.observe_missing(frame, around, name)
            raise KeyError(name)
        except BaseException as error:
            forget_ours(error)
            raise


def _nearest_first(namespace: dict[str, Any], finder: AutoloadFinder) -> tuple[str, ...]:
    """The namespaces whose modules a name can mean: those around a managed module; for others, such as a notebook, the roots'."""
    names = (namespace.get("__name__"), "__path__" in namespace, namespace.get("__package__"))
    try:
        known = finder.nearest.get(names)
    except TypeError:  # Anybody can give a namespace any name.
        return ("",)
    if known is None:
        known = finder.nearest[names] = _around(names, finder)
    return known


def _around(names: tuple[Any, bool, Any], finder: AutoloadFinder) -> tuple[str, ...]:
    own, is_package, package = names
    around = ""
    if isinstance(own, str) and finder.manages(own):
        around = own if is_package else own.rpartition(".")[0]
    elif isinstance(package, str) and finder.manages(package):
        around = package
    else:
        return (*dict.fromkeys(root.namespace for root in finder.roots if root.namespace), "")
    outwards = []
    while around:
        outwards.append(around)
        around = around.rpartition(".")[0]
    return (*outwards, "")


def _imported(finder: AutoloadFinder, fullname: str, name: str) -> ModuleType:
    try:
        __import__(fullname)
    except KeyError as error:
        # It would pass for a name that is not defined.
        forget_ours(error)
        path = finder.engine.ask("record", name=fullname)["path"]
        message = (
            f"{name!r} stands for {fullname}, and {path} raised KeyError({error}) while it was imported: mend that file"
        )
        raise AutoloadError(message, name=fullname, path=path) from error
    return sys.modules[fullname]


def _refuse_circle(module: ModuleType, name: str, asker: dict[str, Any]) -> None:
    """Explains why a module that is still running does not have a name. Who asks for a name of its own has Python's error."""
    if is_initializing(module) and vars(module) is not asker:
        circular = circle(module, name)
        if circular is not None:
            raise circular


class _Import:
    """``builtins.__import__``, whatever it is at the moment, as an object that can be kept. It is called without a frame of ours."""

    __slots__ = ("__dict__",)
    __call__ = property(attrgetter("__import__"))


class ImplicitBuiltins(dict[str, Any]):
    """A module's ``__builtins__``: the real ones to whoever looks, and for names that running code looks up more than those."""

    __slots__ = ("__before__", "__finders__", "__live__", "__missing__")
    __before__: Any
    __finders__: list[AutoloadFinder]
    __live__: dict[str, Any]
    __missing__: Callable[[str], Any]

    def __init__(self, namespace: dict[str, Any], finder: AutoloadFinder) -> None:
        before = namespace.get("__builtins__", _UNDEFINED)
        live: dict[str, Any] = before if isinstance(before, dict) else vars(builtins)
        if isinstance(before, ModuleType):
            live = vars(before)
        fallback = _Fallback()
        fallback.__finders__ = self.__finders__ = [finder]
        fallback.__globals__ = namespace
        fallback.__dict__ = live
        self.__before__ = before
        self.__live__ = live
        self.__missing__ = partial(getattr, fallback)
        if _IMPORTS_PAST_MISSING and "__import__" in live:
            importer = _Import()
            importer.__dict__ = live
            super().__setitem__("__import__", importer)

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self.__live__),)


def _of_the_real_ones(method: str) -> Callable[..., Any]:
    def call(self: ImplicitBuiltins, *arguments: Any, **options: Any) -> Any:
        return getattr(self.__live__, method)(*arguments, **options)

    call.__name__ = method
    return call


# All of a dict but `__getitem__`, which the instructions that look names up want as a dict has it.
for _method in (
    *(
        "__contains__",
        "__delitem__",
        "__eq__",
        "__ior__",
        "__iter__",
        "__len__",
        "__ne__",
        "__or__",
        "__repr__",
        "__reversed__",
    ),
    *(
        "__ror__",
        "__setitem__",
        "clear",
        "copy",
        "get",
        "items",
        "keys",
        "pop",
        "popitem",
        "setdefault",
        "update",
        "values",
    ),
):
    setattr(ImplicitBuiltins, _method, _of_the_real_ones(_method))


def hand_over(namespace: dict[str, Any], finder: AutoloadFinder) -> None:
    """Lets undefined names resolve in the code that runs in a namespace from now on. Several loaders can, the first one first."""
    there = namespace.get("__builtins__")
    if not isinstance(there, ImplicitBuiltins):
        namespace["__builtins__"] = ImplicitBuiltins(namespace, finder)
    elif finder not in there.__finders__:
        there.__finders__.append(finder)


def take_back(namespace: dict[str, Any], finder: AutoloadFinder) -> None:
    """Leaves a namespace as it was before `hand_over`."""
    there = namespace.get("__builtins__")
    if isinstance(there, ImplicitBuiltins) and finder in there.__finders__:
        there.__finders__.remove(finder)
        if not there.__finders__:
            if there.__before__ is _UNDEFINED:
                del namespace["__builtins__"]
            else:
                namespace["__builtins__"] = there.__before__


class ImplicitLoader(SourceLoader):
    """Executes a source file whose undefined names are looked for among the loader's modules."""

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Runs the module's body."""
        hand_over(module.__dict__, self.finder)
        super().exec_module(module)
