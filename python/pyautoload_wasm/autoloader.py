"""AutoLoader: configuration, set-up and teardown of one project's autoloading, and what can be asked of it."""

from __future__ import annotations

import logging
import os
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

from pyautoload_wasm import explain, shadowing
from pyautoload_wasm.eager import EagerLoadReport, OnError, Progress, load_all
from pyautoload_wasm.engine import Engine
from pyautoload_wasm.errors import ConfigurationError, ConflictError, SetupRequiredError
from pyautoload_wasm.finder import AutoloadFinder
from pyautoload_wasm.missing import MissingFinder
from pyautoload_wasm.registry import Edge, Graph, Problem, Registry, Root, Shadowed, edge
from pyautoload_wasm.tracebacks import unseen_methods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

StrPath = str | os.PathLike[str]

#: The loaders that are set up, in the order in which they were.
_active: weakref.WeakSet[AutoLoader] = weakref.WeakSet()
#: Set-ups and teardowns happen one after the other, so that of two threads that set up one loader the second is refused.
_changing = threading.RLock()

_log = logging.getLogger("pyautoload_wasm")


@unseen_methods
class AutoLoader:
    """Autoloads the modules below some directories.

    ``base_path`` is a directory or several of them, ``top_level`` the dotted name that they stand for; without it their files
    are top-level modules. With ``allow_shadowing`` those may hide the standard library and installed distributions.
    With ``strict`` a file that does not define the attribute that its name announces cannot be imported.

    Raises ConfigurationError for a path that is no directory and a name that cannot be imported.

    >>> loader = AutoLoader(base_path="myapp", top_level="myapp").setup()  # doctest: +SKIP
    """

    def __init__(
        self,
        base_path: StrPath | Iterable[StrPath] | None = None,
        top_level: str | None = None,
        *,
        allow_shadowing: bool = False,
        strict: bool = False,
    ) -> None:
        self._engine = Engine()
        self._allow_shadowing = allow_shadowing
        self._strict = strict
        self._roots: list[Root] = []
        self._missing_finder: MissingFinder | None = None
        self._finder: AutoloadFinder | None = None
        if base_path is None:
            paths: list[StrPath] = []
        elif isinstance(base_path, str | os.PathLike):
            paths = [base_path]
        else:
            try:
                paths = list(base_path)
            except TypeError:
                paths = [base_path]  # type: ignore[list-item]
        for path in paths:
            self.push_dir(path, namespace=top_level)

    @classmethod
    def from_options(cls, text: str) -> AutoLoader:
        """The loader that the JSON text of the npm package's ``Options`` describes. Not yet set up."""
        options = Engine().ask("read_options", text=_text(text, "from_options()"))
        loader = cls(allow_shadowing=options["allowShadowing"], strict=options["strict"])
        loader.acronym(*options["acronyms"]).inflect(options["inflect"])
        loader.ignore(*options["ignore"]).collapse(*options["collapse"])
        if options["basePath"] is not None:
            loader.push_dir(options["basePath"], namespace=options["topLevel"])
        for root in options["roots"]:
            loader.push_dir(root["dir"], namespace=root["namespace"] or None)
        return loader

    # Configuration

    def push_dir(self, path: StrPath, namespace: str | None = None) -> AutoLoader:
        """Adds a root: a directory and the dotted name that it stands for; without one, its files are top-level modules.

        Raises ConfigurationError where there is no such directory, the name cannot be imported, or the directory is a root.
        """
        self._require_configurable("push_dir")
        directory = os.path.abspath(_text(path, "the base path"))
        if namespace is not None:
            if not isinstance(namespace, str):
                raise ConfigurationError(f"top_level={_shown(namespace)}: pass a dotted name such as 'myapp', or None")
            if not namespace:
                raise ConfigurationError(
                    "top_level='': pass a dotted name such as 'myapp', or None for top-level modules"
                )
            namespace = _text(namespace, "top_level")
            top = namespace.partition(".")[0]
            if top in sys.stdlib_module_names and not self._allow_shadowing:
                raise ConfigurationError(
                    f"top_level={namespace!r} would hide {shadowing.STANDARD_LIBRARY}: choose another name, or pass "
                    "allow_shadowing=True"
                )
        self._engine.ask("push_dir", dir=directory, namespace=namespace or "")
        self._roots.append(Root(directory, namespace or ""))
        return self

    def ignore(self, *globs: StrPath) -> AutoLoader:
        """Leaves out files and directories. A glob without a slash names an entry at any depth, one with a slash is relative to each
        root, one that starts with a slash is absolute.

        Raises ConfigurationError for what is no glob, with the position.
        """
        return self._add_globs("ignore", globs)

    def collapse(self, *globs: StrPath) -> AutoLoader:
        """Lets directories add no name: their modules count as those of the directory above. Globs as for `ignore`."""
        return self._add_globs("collapse", globs)

    def _add_globs(self, request: str, globs: Iterable[StrPath]) -> AutoLoader:
        self._require_configurable(request)
        for glob in globs:
            self._engine.ask(request, pattern=_text(glob, f"{request}()"))
        return self

    def inflect(self, attributes: Mapping[str, str]) -> AutoLoader:
        """Sets the attribute names of exact stems: ``{"html_parser": "HTMLParser"}``.

        Raises ConfigurationError where either is no name.
        """
        self._require_configurable("inflect")
        try:
            items = list(attributes.items())
        except (AttributeError, TypeError, ValueError):
            raise ConfigurationError(
                f'inflect({_shown(attributes)}): pass a dict such as {{"html_parser": "HTMLParser"}}'
            ) from None
        for stem, attr in items:
            self._engine.ask("inflect", stem=_text(stem, "inflect()"), attr=_text(attr, "inflect()"))
        return self

    def acronym(self, *words: str) -> AutoLoader:
        """Sets how words are written in attribute names, everywhere: ``"API", "GraphQL"``.

        Raises ConfigurationError for what is not one word of letters and digits.
        """
        self._require_configurable("acronym")
        for word in words:
            self._engine.ask("acronym", word=_text(word, "acronym()"))
        return self

    # Set-up and teardown

    def setup(self) -> AutoLoader:
        """Scans the roots and installs the finder.

        Raises ConfigurationError without a root and for a second set-up, ConflictError for roots that overlap those of another
        loader, AutoloadError where a root cannot be read. Nothing is installed then.
        """
        with _changing:
            self._require_configurable("setup")
            if not self._roots:
                raise ConfigurationError("setup() without a root: pass base_path, or call push_dir() first")
            self._refuse_overlaps()
            finder = self._scanned_finder()
            for stem, path in finder.hidden_files().items():
                # A notebook's `import random` passes by the finder, so this is the one chance to tell its user.
                _log.warning("%s", explain.hidden_file(path, stem))
            sys.meta_path.insert(0, finder)
            self._missing_finder = MissingFinder(finder)
            sys.meta_path.append(self._missing_finder)
            self._finder = finder
            _active.add(self)
        return self

    def _scanned_finder(self) -> AutoloadFinder:
        """A finder that has scanned the roots, and leaves out what would hide modules of others."""
        reserves = not self._allow_shadowing and any(not root.namespace for root in self._roots)
        finder = AutoloadFinder(self._engine, strict=self._strict, reports_hidden=reserves)
        if reserves:
            self._engine.ask("reserve", names=" ".join(sys.stdlib_module_names), hidden=shadowing.STANDARD_LIBRARY)
        stems: str = finder.scan()["top_level"]
        if reserves:
            hidden = shadowing.hidden_distributions(stems.split(), [root.path for root in self._roots])
            for stem, what in hidden.items():
                self._engine.ask("reserve", names=stem, hidden=what)
            if hidden:
                finder.scan()
        return finder

    def teardown(self) -> AutoLoader:
        """Removes the finder, and from ``sys.modules`` what it brought in. A loader that is not set up is left alone."""
        with _changing:
            finder, self._finder = self._finder, None
            if finder is None:
                return self
            _active.discard(self)
            for installed in (finder, self._missing_finder):
                if installed in sys.meta_path:
                    sys.meta_path.remove(installed)
            self._missing_finder = None
        for name in list(sys.modules):
            if not finder.owns(name):
                continue
            module = sys.modules.pop(name, None)
            namespace, _, stem = name.rpartition(".")
            parent = sys.modules.get(namespace)
            if parent is not None and not finder.owns(namespace) and parent.__dict__.get(stem) is module:
                delattr(parent, stem)
        self._engine.ask("forget")
        return self

    def __enter__(self) -> AutoLoader:
        return self if self._finder is not None else self.setup()

    def __exit__(self, *error: object) -> None:
        self.teardown()

    # Use

    def eager_load(self, *, progress: Progress | bool | None = None, on_error: OnError = "log") -> EagerLoadReport:
        """Imports all modules, what each imports before it.

        ``progress`` is a callable (done, total, name), or True for a bar. ``on_error`` says what happens where a module raises:
        "log" it and go on, "collect" it in the report alone, or "raise" it.

        Raises SetupRequiredError before `setup`, ConfigurationError for another ``on_error``.
        """
        self._require_setup("eager_load")
        self._note_loaded()
        names: str = self._engine.ask("load_order")
        return load_all(names.split(), progress=progress, on_error=on_error)

    @property
    def registry(self) -> Registry:
        """All modules: a read-only mapping of names to records."""
        self._require_setup("registry")
        return Registry(self._engine, self._note_loaded)

    @property
    def roots(self) -> tuple[Root, ...]:
        """The roots, first root first."""
        return tuple(self._roots)

    def module_name_at(self, path: StrPath) -> str | None:
        """The name of the module that a file or a directory is; None where it is not managed."""
        self._require_setup("module_name_at")
        name: str | None = self._engine.ask("module_name_at", path=os.path.abspath(_text(path, "module_name_at()")))
        return name

    def expected_names(self) -> dict[str, str]:
        """The module name of each managed file, and of each directory that is a namespace package."""
        self._require_setup("expected_names")
        names: dict[str, str] = self._engine.ask("expected_names")
        return names

    def shadowed(self) -> list[Shadowed]:
        """Files that are never executed, because another one has their name."""
        self._require_setup("shadowed")
        problems = self._engine.ask("problems")
        return [Shadowed(p["path"], p["name"], p["by"]) for p in problems if p["kind"] == "shadowed"]

    # The import graph

    def dependencies(self, name: str, *, transitive: bool = False) -> list[str]:
        """The modules that a module imports, sorted: the direct ones, or all that it reaches. Read from the source, and from imports
        that were observed; what only type checkers see is left out.
        """
        names: str = self.ask("dependencies", name=_text(name, "dependencies()"), transitive=transitive)
        return names.split()

    def dependents(self, name: str, *, transitive: bool = False) -> list[str]:
        """The modules that import a module, sorted: the direct ones, or all that reach it."""
        names: str = self.ask("dependents", name=_text(name, "dependents()"), transitive=transitive)
        return names.split()

    def cycles(self) -> list[list[Edge]]:
        """Groups of modules that import each other while they are imported, each as a chain that comes back to its start."""
        return [[edge(step) for step in cycle] for cycle in self.ask("cycles")]

    def why(self, importer: str, imported: str) -> list[Edge]:
        """The shortest chain of imports from one module to another; empty where there is none."""
        names = {"importer": _text(importer, "why()"), "imported": _text(imported, "why()")}
        return [edge(step) for step in self.ask("why", **names)]

    def graph(self) -> Graph:
        """The whole import graph, as plain data."""
        plain = self.ask("graph")
        return Graph(tuple(plain["nodes"]), tuple(edge(step) for step in plain["edges"]))

    def check(self) -> list[Problem]:
        """What is wrong with the project, by file and line, found without running any of it."""
        return [Problem(**problem) for problem in self.ask("check")]

    def ask(self, request: str, **arguments: Any) -> Any:
        """Puts a request to the engine, which knows of all imports up to now. Returns plain data; for the npm package."""
        self._require_setup(request)
        self._note_loaded()
        return self._engine.ask(request, **arguments)

    def __repr__(self) -> str:
        roots = ", ".join(f"{root.path} as {root.namespace or 'the top level'}" for root in self._roots)
        return f"<AutoLoader of {roots or 'no roots'}{'' if self._finder else ', not set up'}>"

    def _note_loaded(self) -> None:
        """Tells the engine what was executed and observed since it was told last."""
        finder = self._finder
        if finder is not None:
            finder.tell_engine()

    def _require_configurable(self, call: str) -> None:
        if self._finder is not None:
            raise ConfigurationError(
                f"{call}() after setup(): configure a loader before setup(), or call teardown() first"
            )

    def _require_setup(self, call: str) -> None:
        if self._finder is None:
            raise SetupRequiredError(f"{call} needs a loader that is set up: call setup() first")

    def _refuse_overlaps(self) -> None:
        for other in _active:
            for theirs in other._roots:
                for ours in self._roots:
                    if f"{ours.path}/".startswith(f"{theirs.path}/") or f"{theirs.path}/".startswith(f"{ours.path}/"):
                        raise ConflictError(
                            f"the root {ours.path} overlaps {theirs.path}, a root of another loader: let one loader have "
                            "both, or call teardown() of the other first"
                        )


def _text(value: StrPath, what: str) -> str:
    """A path or a word as text that the engine can take."""
    try:
        text = os.fspath(value)
        if isinstance(text, str) and "\0" not in text:
            text.encode()
            return text
    except (TypeError, UnicodeEncodeError):
        pass
    raise ConfigurationError(
        f"{what}: {_shown(value)} is no text that can be a path or a name; pass a str or a PathLike"
    )


def _shown(value: object) -> str:
    """A refused argument in a message: short, whatever it is. Of containers the type alone, since a cyclic or deep one can end
    the interpreter in a Pyodide that prints it.
    """
    is_plain = isinstance(value, str | bytes | float | type | None)
    # A long number cannot be written in decimal.
    if not is_plain and not (isinstance(value, int) and value.bit_length() <= 64):
        return f"an object of type {type(value).__name__!r}"
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
