"""What a loader is told: its roots, what is left out, how names are written, and what is switched on.

The globs and the inflections themselves are the engine's, which checks them when they are told.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from pyautoload_wasm._base.arguments import StrPath, absolute_path, normal_name, plain_text, shown
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._project.inflection import DefaultInflector, Inflect
from pyautoload_wasm._project.log import Log, Logs
from pyautoload_wasm._project.shadowing import STANDARD_LIBRARY
from pyautoload_wasm._results.project import Root
from pyautoload_wasm.errors import ConfigurationError

#: Who applies events: "auto" an event loop, "thread" the thread that watches as well, "manual" nobody but `flush`.
FlushMode: TypeAlias = Literal["auto", "thread", "manual"]

#: What becomes of objects from before a reload: "follow" lets functions, classes and instances become the new ones.
ObjectsMode: TypeAlias = Literal["follow", "stay"]


class EventLoop(Protocol):
    """An event loop as asyncio's are."""

    def call_soon_threadsafe(self, callback: Callable[..., object], *arguments: Any) -> object:
        """Has a function called on a turn of the loop. May be called in any thread."""


#: Has a function called where modules may run; may itself be called in any thread.
Schedule: TypeAlias = Callable[[Callable[[], object]], object]


class Reloading(NamedTuple):
    """Whether and how changed files are reloaded."""

    is_enabled: bool = False
    #: Whether the files are watched.
    watches: bool = IN_PYODIDE
    flush: FlushMode = "auto"
    #: The event loop that the program has for it.
    schedule: Schedule | None = None
    #: None where nobody has said it: then they stay, except in a notebook.
    objects: ObjectsMode | None = None


class Library(NamedTuple):
    """The package whose own ``__init__.py`` sets its loader up."""

    package: ModuleType
    warns_of_extra_files: bool


class Settings:
    """The settings of one loader, or of several together: see `together`."""

    def __init__(self, *, allow_shadowing: bool, strict: bool, code_cache: StrPath | None = None) -> None:
        #: What the engine was told, for a child process that has to be told the same.
        self.told: list[tuple[str, dict[str, Any]]] = []
        #: Whether the loader is there only because the parent process has one: another one may take its place.
        self.stands_in = False
        self.allow_shadowing = allow_shadowing
        #: Whether a file has to define its expected attribute.
        self.strict = strict
        #: The folder in which code is kept between runs of Python.
        self.code_cache = None if code_cache is None else absolute_path(code_cache, "code_cache")
        self.roots: list[Root] = []
        #: None where the loader has no engine, since it was one of several that have shared one, and is set up no longer.
        self._engine: Engine | None = self.new_engine()
        self.default_inflector = DefaultInflector(self._engine)
        #: Who decides what attribute a file is expected to define.
        self.inflector: Inflect = self.default_inflector
        self.log: Log | Logs | None = None
        self.implicit_names = False
        #: Other namespaces in which bare names resolve by autoloading, such as a notebook's globals.
        self.implicit_namespaces: list[dict[str, Any]] = []
        self.reloading = Reloading()
        self.library: Library | None = None
        self._tag: str | None = None

    def new_engine(self) -> Engine:
        """An engine that was told all this."""
        engine = Engine()
        if sys.version_info < (3, 15):
            engine.ask("pass_over_lazy_modules")
        if self.strict:
            engine.ask("be_strict")
        for request, told in self.told:
            engine.ask_plainly(request, **told)
        return engine

    @property
    def engine(self) -> Engine:
        """An engine that was told all this: one of its own, or that of the loaders that are set up together."""
        if self._engine is None:
            self.share(self.new_engine())
        assert self._engine is not None
        return self._engine

    def share(self, engine: Engine) -> None:
        """Uses an engine that others use, too."""
        self._engine = self.default_inflector.engine = engine

    def part(self) -> None:
        """Leaves the engine to the others."""
        self._engine = None

    def push_dir(self, path: StrPath, namespace: str | None) -> None:
        """Adds a root. Raises ConfigurationError."""
        directory = absolute_path(path, "the base path")
        if namespace is not None:
            if not isinstance(namespace, str) or not namespace:
                raise ConfigurationError(
                    f"top_level={shown(namespace)}: expected a dotted name such as 'myapp', or None for top-level modules"
                )
            namespace = normal_name(plain_text(namespace, "top_level"))
            if namespace.partition(".")[0] in sys.stdlib_module_names and not self.allow_shadowing:
                raise ConfigurationError(
                    f"top_level={namespace!r} would shadow {STANDARD_LIBRARY}: choose another name, or pass "
                    "allow_shadowing=True"
                )
        self.tell("push_dir", dir=directory, namespace=namespace or "")

    def tell(self, request: str, **told: Any) -> None:
        """Tells the engine a root, a glob or an inflection. Raises ConfigurationError."""
        self.engine.ask_plainly(request, **told)
        self.told.append((request, told))
        if request == "push_dir":
            self.roots.append(Root(told["dir"], told["namespace"]))

    def add_globs(self, request: str, globs: Iterable[StrPath]) -> None:
        """Tells the engine globs of a kind: "ignore", "collapse", "do_not_eager_load", "do_not_reload". Raises ConfigurationError."""
        for glob in globs:
            self.tell(request, pattern=plain_text(glob, f"{request}()"))

    def inflect(self, attributes: Mapping[str, str]) -> None:
        """Sets the attribute names of exact stems. Raises ConfigurationError."""
        try:
            items = list(attributes.items())
        except (AttributeError, TypeError, ValueError):
            raise ConfigurationError(
                f'inflect({shown(attributes)}): expected a dict such as {{"html_parser": "HTMLParser"}}'
            ) from None
        for stem, attr in items:
            self.tell("inflect", stem=plain_text(stem, "inflect()"), attr=plain_text(attr, "inflect()"))
            self.default_inflector.told.append(f"inflect({{{stem!r}: {attr!r}}})")

    def acronym(self, words: Iterable[str]) -> None:
        """Sets how words are written in attribute names. Raises ConfigurationError."""
        for word in words:
            self.tell("acronym", word=plain_text(word, "acronym()"))
            self.default_inflector.told.append(f"acronym({word!r})")

    def set_inflector(self, inflect: Inflect) -> None:
        """Lets a callable decide on attribute names. Raises ConfigurationError."""
        if not callable(inflect):
            raise ConfigurationError(
                f"inflector = {shown(inflect)}: expected a callable (stem, path) -> attribute, such as null_inflector"
            )
        self.inflector = inflect

    @property
    def custom_inflector(self) -> Inflect | None:
        """Who decides on attribute names in place of the loader's own inflector."""
        return None if self.inflector is self.default_inflector else self.inflector

    @property
    def tag(self) -> str:
        """What the log calls the loader."""
        if self._tag is not None:
            return self._tag
        root = self.roots[0] if self.roots else None
        return root.namespace or os.path.basename(root.path) if root else "no roots"

    @tag.setter
    def tag(self, tag: str) -> None:
        self._tag = plain_text(tag, "tag")

    def root_of(self, path: str) -> Root | None:
        """The first root that an absolute path is in."""
        return next((root for root in self.roots if root.contains(path)), None)

    def is_ignored(self, path: str) -> bool:
        """Whether a glob leaves an absolute path out."""
        return self.engine.ask("ignored", paths=[path])[0]

    def is_as(self, other: Settings) -> bool:
        """Whether a scan by these settings would find what one by others does."""
        mine = (self.told, self.allow_shadowing, self.strict, self.implicit_names)
        theirs = (other.told, other.allow_shadowing, other.strict, other.implicit_names)
        return mine == theirs and _are_same(self.custom_inflector, other.custom_inflector)


def together(handles: Sequence[Settings]) -> Settings:
    """What holds where several loaders are handles on one session: the settings of the latest, with the roots and logs of all."""
    shared = object.__new__(Settings)
    vars(shared).update(vars(handles[-1]))
    shared.told, shared.roots = list(shared.told), list(shared.roots)
    shared.stands_in = False
    for other in handles[:-1]:
        for request, told in other.told:
            if request == "push_dir" and all(root.path != told["dir"] for root in shared.roots):
                shared.told.append((request, told))
                shared.roots.append(Root(told["dir"], told["namespace"]))
        shared.library = shared.library or other.library
        shared.code_cache = shared.code_cache or other.code_cache
    shared.log = log_of(handles)
    return shared


def log_of(handles: Sequence[Settings]) -> Log | Logs | None:
    """Where lines go that several loaders want to have."""
    logs = [one.log for one in handles if one.log is not None]
    return logs[0] if len(logs) == 1 else Logs(logs) if logs else None


def reloading_of(handles: Sequence[Settings]) -> Reloading:
    """How files are reloaded where several loaders want it: by itself if nobody minds."""
    wanted = [one.reloading for one in handles if one.reloading.is_enabled]
    modes = {one.flush for one in wanted}
    flush: FlushMode = "manual" if "manual" in modes else "thread" if "thread" in modes else "auto"
    schedules = [one.schedule for one in wanted if one.schedule is not None]
    objects = [one.objects for one in wanted if one.objects is not None]
    return Reloading(
        bool(wanted),
        any(one.watches for one in wanted),
        flush,
        schedules[-1] if schedules else None,
        objects[-1] if objects else None,
    )


def _are_same(one: Inflect | None, other: Inflect | None) -> bool:
    """Whether two inflectors decide alike, as far as can be seen: a script that runs again has another function of the same code."""
    if not isinstance(one, FunctionType) or not isinstance(other, FunctionType):
        return one is other
    return all(
        getattr(one, part) == getattr(other, part)
        for part in ("__code__", "__defaults__", "__kwdefaults__", "__closure__")
    )
