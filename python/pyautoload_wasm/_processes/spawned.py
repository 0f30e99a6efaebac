"""Children that do not have their parent's memory: multiprocessing's "spawn" and "forkserver", and joblib's.

They are told of the parent's loaders, and set one up when they first need a module of it. So they can unpickle the project's
functions, although no line of the main module that they run sets a loader up.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NamedTuple

from pyautoload_wasm._base.children import send_along
from pyautoload_wasm._project.settings import Settings
from pyautoload_wasm._results.project import Root
from pyautoload_wasm._session import session
from pyautoload_wasm.errors import ModuleNotFoundError

#: Makes a loader of settings and sets it up.
_set_up: Callable[[Settings], object] | None = None


def prepare(set_up: Callable[[Settings], object]) -> None:
    """Says what makes a loader of settings and sets it up: this room does not know loaders."""
    global _set_up
    _set_up = set_up


class Description(NamedTuple):
    """All that a child has to know of a loader, as plain data."""

    #: The keywords of `Settings`.
    options: dict[str, Any]
    #: What the engine was told.
    told: list[tuple[str, dict[str, Any]]]
    implicit_names: bool
    tag: str
    #: The pickled inflector, where that is not the loader's own; or why it cannot be sent.
    inflector: bytes | str | None

    @property
    def roots(self) -> list[Root]:
        """The loader's roots."""
        return [Root(told["dir"], told["namespace"]) for request, told in self.told if request == "push_dir"]

    def settings(self) -> Settings:
        """The settings, in the child. Raises whatever is wrong with them there."""
        settings = Settings(**self.options)
        for request, told in self.told:
            settings.tell(request, **told)
        settings.implicit_names = self.implicit_names
        settings.tag = self.tag
        settings.stands_in = True
        if isinstance(self.inflector, str):
            raise ValueError(f"its inflector cannot be sent to another process ({self.inflector})")
        if self.inflector is not None:
            import pickle  # where it is used, as Pyodide compiles it anew on each visit

            settings.set_inflector(pickle.loads(self.inflector))
        return settings


def _described(settings: Settings) -> Description:
    inflector: bytes | str | None = None
    if settings.custom_inflector is not None:
        import pickle

        try:
            inflector = pickle.dumps(settings.custom_inflector)
        except Exception as error:
            inflector = f"{type(error).__name__}: {error}"
    options = {name: getattr(settings, name) for name in ("allow_shadowing", "strict", "code_cache")}
    return Description(options, list(settings.told), settings.implicit_names, settings.tag, inflector)


class Loaders:
    """Stands among what multiprocessing sends to a child: when it is pickled, a description of the loaders that are set up then."""

    def __init__(self) -> None:
        #: Loaders of the parent that nobody has needed yet.
        self.expected: list[ExpectedFinder] = []

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        # A library's own `__init__.py` sets its loader up wherever it is imported.
        here = [_described(settings) for settings in session.settings_in_use() if settings.library is None]
        return _expect, ([*here, *(finder.description for finder in self.expected)],)


#: What children are told.
_loaders = Loaders()


def tell_children() -> None:
    """Tells the children that multiprocessing starts from now on of the loaders that are set up, or of none."""
    send_along(_loaders if session.settings_in_use() or _loaders.expected else None)


def _expect(descriptions: list[Description]) -> Loaders:
    """In a child: sets the parent's loaders up as soon as something of them is imported."""
    for description in descriptions:
        finder = ExpectedFinder(description)
        _loaders.expected.append(finder)
        sys.meta_path.insert(0, finder)
    tell_children()
    return _loaders


class ExpectedFinder(MetaPathFinder):
    """Waits for the first import of a module of a loader that the parent has, sets that loader up, and goes."""

    def __init__(self, description: Description) -> None:
        self.description = description
        roots = description.roots
        self._names = {root.namespace.partition(".")[0] for root in roots if root.namespace}
        self._folders = [root.path for root in roots if not root.namespace]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None for what is not of the loader. Raises ModuleNotFoundError where that cannot be set up here."""
        if not self._is_meant(fullname.partition(".")[0]):
            return None
        self._set_up(fullname)
        # Python walks through the finders, and one of them has just gone.
        for finder in list(sys.meta_path):
            find_spec = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if find_spec is None else find_spec(fullname, path, target)
            if spec is not None:
                return spec
        return None

    def _is_meant(self, top: str) -> bool:
        if top in self._names:
            return True
        return any(os.path.exists(f"{folder}/{top}{end}") for folder in self._folders for end in (".py", ""))

    def _set_up(self, fullname: str) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        if self in _loaders.expected:
            _loaders.expected.remove(self)
        if any(session.overlap(self.description.roots, settings.roots) for settings in session.settings_in_use()):
            return  # the child's own main module has set it up
        assert _set_up is not None
        try:
            _set_up(self.description.settings())
        except Exception as error:
            folders = " and ".join(root.path for root in self.description.roots)
            raise ModuleNotFoundError(
                f"No module named {fullname!r} in this child process: the parent's loader of {folders} cannot be set up here: "
                f"{error}. Set it up at the top level of the main module, which the child runs as well, or in the initializer of the "
                "pool",
                name=fullname,
            ) from error

    def __repr__(self) -> str:
        return f"<pyautoload_wasm's finder that sets {self.description.tag} up>"
