"""The finder in ``sys.meta_path``. It holds, as Python objects, what an import needs: for each namespace that was touched a
table of its modules, fetched from the engine in one piece.

Threads: an import of a known module takes no lock of ours. Whoever fetches from the engine holds one, so that no answer from
before a scan is kept after it. Nothing is imported and no module's code runs under that lock, and so it cannot be part of a
deadlock with the import system's own.
"""

from __future__ import annotations

import importlib
import itertools
import os
import sys
import threading
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import cache_from_source
from typing import TYPE_CHECKING, Any

from pyautoload_wasm import errors
from pyautoload_wasm.loaders import AliasLoader, DirectoryLoader, Execution, KeptCode, SourceLoader, own_spec
from pyautoload_wasm.package import MISSING
from pyautoload_wasm.tracebacks import hidden

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, ModuleType

    from pyautoload_wasm.callbacks import Callbacks
    from pyautoload_wasm.engine import Engine

_UNKNOWN: Any = object()
_IMPORT_MODULE = importlib.import_module.__code__
#: From `_observe_dynamic`: find_spec, importlib's _find_spec, _find_and_load_unlocked, _find_and_load, _gcd_import, import_module.
_IMPORT_MODULE_DEPTH = 6


class Table:
    """The modules right below one namespace."""

    __slots__ = ("aliases", "directories", "engine", "modules", "name")

    def __init__(self, engine: Engine, view: dict[str, Any]) -> None:
        self.engine = engine
        self.name: str = view["name"]
        #: Each stem with the directory of its file; None for a namespace.
        self.modules: dict[str, str | None] = {}
        for directory, stems in view["modules"]:
            self.modules.update(dict.fromkeys(stems.split(), directory))
        self.modules.update(dict.fromkeys(view["packages"].split()))
        self.directories = dict.fromkeys([*view["path"], *(directory for directory, _ in view["modules"])])
        self.aliases: dict[str, str] | None = None

    def alias(self, attr: str) -> str | None:
        """The stem whose file is expected to define an attribute."""
        if self.aliases is None:
            self.aliases = self.engine.ask("aliases", name=self.name)
        return self.aliases.get(attr)

    def names(self) -> list[str]:
        """All names that the modules can be reached by.

        Of tests the modules alone: unittest's discovery takes whatever test case `dir(package)` leads it to, and would run a case
        once for the package and once for its module.
        """
        if not {"test", "tests"}.isdisjoint(self.name.split(".")):
            return list(self.modules)
        self.alias("")
        aliases = self.aliases or {}
        return [*self.modules, *(attr for attr, stem in aliases.items() if not stem.startswith("test"))]


class Journal:
    """What happens in the import system while a reload is under way."""

    def __init__(self) -> None:
        #: Names that were looked for and found.
        self.sought: list[str] = []
        #: Modules that raised, the innermost first.
        self.failed: list[tuple[str, BaseException]] = []


class AutoloadFinder(MetaPathFinder):
    """Finds the modules of one loader. Everything else is none of its business, and costs it one look into a dict."""

    def __init__(
        self, engine: Engine, callbacks: Callbacks, *, strict: bool = False, reports_hidden: bool = False
    ) -> None:
        self.engine = engine
        #: Whether a file has to define its expected attribute.
        self.strict = strict
        #: Code objects by file.
        self.codes: dict[str, KeptCode] = {}
        #: Files whose kept code object is the right one, whatever the filesystem says: while a reload is under way.
        self.trusted: frozenset[str] | set[str] = frozenset()
        #: The hash of each file that was executed, or failed to be, as far as the registry was told.
        self.digests: dict[str, int] = {}
        #: Modules that were executed since the registry was told.
        self.executed: dict[str, Execution] = {}
        #: How many modules are running, in all threads; a list, since that grows and shrinks in one step.
        self.running: list[str] = []
        #: What a reload may have to undo: names that were looked for, and modules that failed; None where nobody notes it.
        self.journal: Journal | None = None
        #: Other names that modules were imported under, and attributes that their parents have got for them.
        self.aliases: dict[str, set[str]] = {}
        self.attributes: dict[str, set[str]] = {}
        self.callbacks = callbacks
        self.on_load = callbacks.on_load
        #: Imports that the source does not show, until the graph is told: importer, imported, line.
        self.observed: set[tuple[str, str, int]] = set()
        #: Names in sys.modules that are this finder's.
        self.served: set[str] = set()
        self._reports_hidden = reports_hidden
        self._hidden_files: dict[str, str] | None = None
        self._sorted_names: list[str] | None = None
        self._tables: dict[str, Table | None] = {}
        self._tops: frozenset[str] = frozenset()
        #: The places of executions.
        self.starts = itertools.count()
        self._lock = threading.RLock()  # Re-entrant, since a scan fetches.
        optimization = sys.flags.optimize
        self._cached_suffix = f".{sys.implementation.cache_tag}{f'.opt-{optimization}' if optimization else ''}.pyc"

    def scan(self) -> dict[str, Any]:
        """Scans all roots and forgets the tables. Returns the summary."""
        with self._lock:
            # What was executed was executed as the files were before.
            self.tell_engine()
            summary: dict[str, Any] = self.engine.ask("scan")
            self._forget_tables()
            return summary

    def plan(self, changes: list[dict[str, Any]], forced: list[str], *, rescan: bool) -> dict[str, Any]:
        """What is to be done after some paths have changed: the engine's plan."""
        with self._lock:
            self.tell_engine()
            plan: dict[str, Any] = self.engine.ask("plan", changes=changes, forced=forced, rescan=rescan)
            if plan["scanned"]:
                self._forget_tables()
            return plan

    def sorted_names(self) -> list[str]:
        """The names of all modules."""
        if self._sorted_names is None:
            self._sorted_names = sorted(self.engine.ask("names").split())
        return self._sorted_names

    def _forget_tables(self) -> None:
        self._hidden_files = None
        self._sorted_names = None
        top = self._fetch("")
        self._tops = frozenset(top.modules) if top else frozenset()
        self._tables = {"": top}

    def tell_engine(self) -> None:
        """Tells the engine what was executed and observed since it was told last: one crossing for all imports.

        Under the lock, since who finds nothing to tell must not ask the engine before another thread has told it.
        """
        with self._lock:
            # A new execution forgets what was observed in the one before, so it comes first.
            executed = []
            for name in list(self.executed):
                path, content, started, failed = self.executed.pop(name)
                mtime, digest = (None, None) if content is None else content
                executed.append((name, mtime, digest, started, failed))
                if path is not None and digest is not None:
                    self.digests[path] = digest
            if executed:
                self.engine.ask("mark_loaded", modules=executed)
            observed = [self.observed.pop() for _ in range(len(self.observed))]
            if observed:
                self.engine.ask("observe", imports=sorted(observed))

    def loaded(self, name: str) -> None:
        """Tells those who want to know that a module has run."""
        self.callbacks.loaded(name, sys.modules[name])

    def _fetch(self, namespace: str) -> Table | None:
        view = self.engine.ask("namespace", name=namespace)
        return None if view is None else Table(self.engine, view)

    def _table(self, namespace: str) -> Table | None:
        """The table of a namespace, also under a camelized name; None for what is not managed."""
        table = self._tables.get(namespace, _UNKNOWN)
        if table is not _UNKNOWN:
            return table  # type: ignore[no-any-return]
        if namespace.partition(".")[0] not in self._tops and namespace not in self.served:
            return None
        if not namespace.replace(".", "").isidentifier():
            return None
        module = sys.modules.get(namespace)
        real = getattr(module, "__name__", namespace) if namespace in self.served else namespace
        with self._lock:
            table = self._tables[namespace] = self._fetch(real)
        return table

    @hidden
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a managed module, or None. Executes nothing, but for a camelized name's file when that is imported."""
        namespace, _, stem = fullname.rpartition(".")
        table = self._tables.get(namespace, _UNKNOWN)
        if table is _UNKNOWN:
            table = self._table(namespace)
        if table is None:
            return None
        directory = table.modules.get(stem, _UNKNOWN)
        if directory is _UNKNOWN:
            real = table.alias(stem)
            if real is None:
                if namespace and self._discover(table, stem):
                    return self.find_spec(fullname, path, target)
                self._observe_dynamic(fullname)  # Who has looked for it in vain is affected when it comes.
                return None
            spec: ModuleSpec | None = ModuleSpec(fullname, AliasLoader(fullname, _join(table.name, real), self))
        elif table.name != namespace:
            # A child of a namespace that was imported under its camelized name.
            spec = ModuleSpec(fullname, AliasLoader(fullname, _join(table.name, stem), self))
        elif directory is None:
            spec = self._namespace_spec(fullname)
        else:
            spec = self._source_spec(fullname, directory, f"{stem}.py", None)
        if spec is not None and fullname not in sys.modules:
            self.served.add(fullname)
            if self.journal is not None:
                self.journal.sought.append(fullname)
            self._observe_dynamic(fullname)
        return spec

    @hidden
    def _namespace_spec(self, fullname: str) -> ModuleSpec | None:
        with self._lock:
            view = self.engine.ask("namespace", name=fullname)
            if view is None:
                return None  # another thread has scanned since, and it is gone
            if fullname not in self._tables:
                self._tables[fullname] = Table(self.engine, view)
        if view["file"] is not None:
            directory, _, name = view["file"].rpartition("/")
            return self._source_spec(fullname, directory, name, view["path"])
        return self._directory_spec(fullname, view["path"])

    @hidden
    def _source_spec(self, fullname: str, directory: str, name: str, search: list[str] | None) -> ModuleSpec:
        file = f"{directory}/{name}"
        spec = ModuleSpec(fullname, SourceLoader(fullname, file, self), origin=file)
        spec.has_location = True
        if sys.pycache_prefix is None:
            spec.cached = f"{directory}/__pycache__/{name[:-3]}{self._cached_suffix}"
        else:
            spec.cached = cache_from_source(file)
        spec.submodule_search_locations = search
        return spec

    def _directory_spec(self, fullname: str, search: list[str]) -> ModuleSpec:
        loader = DirectoryLoader(fullname, search, self)
        spec = ModuleSpec(fullname, loader, is_package=True)
        spec.submodule_search_locations = loader._path
        return spec

    def find_namespace(self, fullname: str, path: Sequence[str] | None = None) -> ModuleSpec | None:
        """What CPython's namespace path asks when its parent's path has changed."""
        view = self.engine.ask("namespace", name=fullname)
        if view is None or view["file"] is not None:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = view["path"]
        return spec

    def attribute(self, package: ModuleType, namespace: str, name: str) -> Any:
        """What a missing attribute of a package is: a module below it, or what such a module defines under the name; or MISSING."""
        table = self._table(namespace)
        if table is not None:
            if name not in table.modules and table.alias(name) is None and self._discover(table, name):
                table = self._table(namespace) or table
            if name in table.modules:
                fullname = _join(namespace, name)
                self._observe(sys._getframe(2), fullname)
                __import__(fullname)
                return sys.modules[fullname]
            stem = table.alias(name)
            if stem is not None:
                fullname = _join(namespace, stem)
                self._observe(sys._getframe(2), fullname)
                __import__(fullname)
                module = sys.modules[fullname]
                value = getattr(module, name, _UNKNOWN)
                if value is _UNKNOWN:
                    if not getattr(own_spec(module), "_initializing", False):
                        return module
                else:
                    self.set_attribute(package, fullname, name, value)
                    return value
            frame = sys._getframe(2)
            if frame.f_globals.get("__name__") in self.served and name.isidentifier():
                self._observe(frame, _join(namespace, self._stem_of(name)))
        return MISSING

    def set_attribute(self, package: ModuleType, fullname: str, attr: str, value: Any) -> None:
        """Gives a package the attribute that one of its modules defines, so that the next look finds it there."""
        package.__dict__[attr] = value
        self.attributes.setdefault(fullname, set()).add(attr)

    def _stem_of(self, attr: str) -> str:
        stem: str = self.engine.ask("underscore", attr=attr)
        return stem

    def table_of(self, namespace: str) -> Table | None:
        """The modules right below a namespace; None for what is not managed."""
        return self._table(namespace)

    def stem_of(self, namespace: str, attr: str) -> str | None:
        """The stem of a namespace's module that is expected to define an attribute."""
        table = self._table(namespace)
        return None if table is None else table.alias(attr)

    def hidden_files(self) -> dict[str, str]:
        """Files that are not autoloaded, since they would hide another module: stem to path."""
        if not self._reports_hidden:
            return {}
        if self._hidden_files is None:
            problems = self.engine.ask("problems")
            self._hidden_files = {p["name"]: p["path"] for p in problems if p["kind"] == "hides"}
        return self._hidden_files

    def owns(self, name: str) -> bool:
        """Whether a module came from this finder, or from below a package that did."""
        while name not in self.served:
            name = name.rpartition(".")[0]
            if not name:
                return False
        return True

    def loaded_name(self, name: str) -> str | None:
        """A loaded module's own name, also where a camelized one is given; None for what is not loaded, or not ours."""
        if name not in sys.modules:
            namespace, _, attr = name.rpartition(".")
            name = _join(namespace, self.stem_of(namespace, attr) or attr)
        spec = own_spec(sys.modules[name]) if name in sys.modules and name in self.served else None
        return None if spec is None else spec.name

    def _observe(self, frame: FrameType | None, imported: str) -> None:
        """Notes an import that a frame makes, if it is one of our modules'."""
        importer = None if frame is None else frame.f_globals.get("__name__")
        if frame is not None and importer in self.served:
            self.observed.add((importer, imported, frame.f_lineno))

    def _observe_dynamic(self, imported: str) -> None:
        """Notes an import by `importlib.import_module`. Import statements are read from the source, and cost one comparison here:
        `import_module` stands at a known depth above the finder.
        """
        try:
            frame: FrameType | None = sys._getframe(_IMPORT_MODULE_DEPTH)
        except ValueError:
            return
        if frame is not None and frame.f_code is _IMPORT_MODULE:
            self._observe(frame.f_back, imported)

    def is_alias(self, namespace: str, attr: str, stem: str) -> bool:
        """Whether an attribute is what a module of a namespace is expected to define."""
        table = self._table(namespace)
        return table is not None and table.alias(attr) == stem

    def children(self, namespace: str) -> list[str]:
        """The names that a namespace's modules can be reached by."""
        table = self._table(namespace)
        return [] if table is None else table.names()

    def _discover(self, table: Table, name: str) -> bool:
        """Looks once more for a file that was written since the scan; scans again if there is one. So an import never fails
        because nobody has told us of its file.
        """
        if name.startswith("_") or not name.isidentifier():
            return False
        stems = {name, self._stem_of(name)}
        for directory in table.directories:
            for stem in stems:
                if os.path.isfile(f"{directory}/{stem}.py") or os.path.isdir(f"{directory}/{stem}"):
                    with self._lock:
                        # Another thread may have looked for the same file, and scanned.
                        if not self._knows(table.name, name):
                            self.scan()
                        return self._knows(table.name, name)
        return False

    def _knows(self, namespace: str, name: str) -> bool:
        table = self._table(namespace)
        return table is not None and (name in table.modules or table.alias(name) is not None)

    def file_is_gone(self, fullname: str, path: str) -> errors.ModuleNotFoundError:
        """The error for a module whose file was deleted since the scan."""
        return errors.ModuleNotFoundError(
            f"No module named {fullname!r}: its file {path} was there when the project was scanned and is gone now; restore it, "
            "or remove the import",
            name=fullname,
            path=path,
        )


def _join(namespace: str, stem: str) -> str:
    return f"{namespace}.{stem}" if namespace else stem
