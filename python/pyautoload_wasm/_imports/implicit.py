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
from operator import attrgetter
from types import MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.frames import caller, drop_own_frames
from pyautoload_wasm._base.hiding import hidden, hidden_call
from pyautoload_wasm._diagnosis.cycles import cycle_error, is_initializing
from pyautoload_wasm._imports.observation import observe, observe_missing
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._project.catalog import Catalog
from pyautoload_wasm.errors import AutoloadError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Until CPython 3.12 an import statement looks for `__import__` in the dict itself, past `__missing__`.
_IMPORTS_PAST_MISSING: Final = sys.version_info < (3, 13)
_UNDEFINED: Any = object()


class _Fallback:
    """What is asked for a name that a module's globals do not have. Its ``__dict__`` is that of the builtins, so that ``getattr``
    finds those without running any Python: every use of a builtin comes by here. What is found in no ``__dict__`` comes to
    `__getattr__`.

    Its own attributes have names that nobody writes bare.
    """

    __slots__ = ("__dict__", "__globals__", "__states__")
    __states__: tuple[LoadState, ...]
    __globals__: dict[str, Any]

    @hidden_call
    def __getattr__(self, name: str) -> Any:
        # A KeyError becomes the NameError of the instruction that looks the name up. Code that runs in a namespace of its own, as by
        # exec(source, {}), inherits the builtins of who runs it, and has no part in this.
        asker = caller()
        namespace = self.__globals__
        if asker is None or not asker.runs_in(namespace) or name.startswith("__"):
            raise KeyError(name)
        try:
            for state in self.__states__:
                for scope in _scopes(namespace, state.catalog):
                    stem = state.catalog.find_stem(scope, name)
                    if stem is None:
                        # Who has looked for it in vain is affected when it comes.
                        observe_missing(state.catalog, scope, name, asker)
                        continue
                    fullname = join_name(scope, stem)
                    observe(fullname, asker)
                    module = sys.modules.get(fullname)
                    if module is None or is_initializing(module):
                        module = _imported(state, fullname, name)
                    if stem == name:
                        return module
                    value = getattr(module, name, _UNDEFINED)
                    if value is not _UNDEFINED:
                        return value
                    _refuse_cycle(module, name, namespace)
            raise KeyError(name)
        except BaseException as error:
            drop_own_frames(error)
            raise


def _scopes(namespace: dict[str, Any], catalog: Catalog) -> tuple[str, ...]:
    """The namespaces whose modules a bare name can mean, nearest first: those around a managed module; for others, such as a notebook,
    the roots'.
    """
    names = (namespace.get("__name__"), "__path__" in namespace, namespace.get("__package__"))
    try:
        known = catalog.bare_name_scopes.get(names)
    except TypeError:  # Anybody can give a namespace any name.
        return ("",)
    if known is None:
        known = catalog.bare_name_scopes[names] = _scopes_of(names, catalog)
    return known


def _scopes_of(names: tuple[Any, bool, Any], catalog: Catalog) -> tuple[str, ...]:
    own, is_package, package = names
    if isinstance(own, str) and catalog.manages(own):
        around = own if is_package else own.rpartition(".")[0]
    elif isinstance(package, str) and catalog.manages(package):
        around = package
    else:
        return (*dict.fromkeys(root.namespace for root in catalog.roots if root.namespace), "")
    outwards = []
    while around:
        outwards.append(around)
        around = around.rpartition(".")[0]
    return (*outwards, "")


@hidden
def _imported(state: LoadState, fullname: str, name: str) -> ModuleType:
    try:
        __import__(fullname)
    except KeyError as error:
        # It would pass for a name that is not defined.
        drop_own_frames(error)
        record = state.catalog.engine.ask("record", name=fullname)
        path = fullname if record is None else record["path"]
        raise AutoloadError(
            f"{name!r} stands for {fullname}, and {path} raised KeyError({error}) while it was imported: fix that file"
        ) from error
    return sys.modules[fullname]


def _refuse_cycle(module: ModuleType, name: str, asker: dict[str, Any]) -> None:
    """Explains why a module that is still running does not have a name. Who asks for a name of its own has Python's error."""
    if is_initializing(module) and vars(module) is not asker:
        circular = cycle_error(module, name)
        if circular is not None:
            raise circular


class _Import:
    """``builtins.__import__``, whatever it is at the moment, as an object that can be kept. It is called without a frame of ours."""

    __slots__ = ("__dict__",)
    __call__ = property(attrgetter("__import__"))


class ImplicitBuiltins(dict[str, Any]):
    """A module's ``__builtins__``: the real ones to whoever looks, and for names that running code looks up more than those."""

    __slots__ = ("__before__", "__fallback__", "__live__", "__missing__")
    __before__: Any
    __fallback__: _Fallback
    __live__: dict[str, Any]
    __missing__: Callable[[str], Any]

    def __init__(self, namespace: dict[str, Any], state: LoadState) -> None:
        before = namespace.get("__builtins__", _UNDEFINED)
        live: dict[str, Any] = before if isinstance(before, dict) else vars(builtins)
        if isinstance(before, ModuleType):
            live = vars(before)
        fallback = _Fallback()
        fallback.__states__ = state.alone
        fallback.__globals__ = namespace
        fallback.__dict__ = live
        self.__before__ = before
        self.__fallback__ = fallback
        self.__live__ = live
        # Not a partial, which has a tuple and a dict: modules with implicit names are to have few objects that the collector follows.
        self.__missing__ = MethodType(getattr, fallback)
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


def hand_over(namespace: dict[str, Any], state: LoadState) -> None:
    """Lets undefined names resolve in the code that runs in a namespace from now on. Several loaders can, the first one first."""
    there = namespace.get("__builtins__")
    if not isinstance(there, ImplicitBuiltins):
        namespace["__builtins__"] = ImplicitBuiltins(namespace, state)
    elif state not in there.__fallback__.__states__:
        there.__fallback__.__states__ += state.alone


def take_back(namespace: dict[str, Any], state: LoadState) -> None:
    """Leaves a namespace as it was before `hand_over`."""
    there = namespace.get("__builtins__")
    if isinstance(there, ImplicitBuiltins) and state in there.__fallback__.__states__:
        fallback = there.__fallback__
        fallback.__states__ = tuple(other for other in fallback.__states__ if other is not state)
        if not fallback.__states__:
            if there.__before__ is _UNDEFINED:
                del namespace["__builtins__"]
            else:
                namespace["__builtins__"] = there.__before__
