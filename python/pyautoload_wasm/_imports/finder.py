"""The finder in ``sys.meta_path``: what an import, and a missing attribute of a package, is answered with. What it knows is in
``tables.py``; an import of a known module takes no lock of ours.
"""

from __future__ import annotations

import importlib
import itertools
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import cache_from_source
from typing import TYPE_CHECKING, Any

from pyautoload_wasm import errors
from pyautoload_wasm._imports.loaders import AliasLoader, DirectoryLoader, Execution, KeptCode, SourceLoader, own_spec
from pyautoload_wasm._imports.changes import UNOPENED, Changes, count_changes
from pyautoload_wasm._imports.packages import MISSING
from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._imports.files import ReadAhead, Source, mtime_of, read_source
from pyautoload_wasm._project.catalog import UNKNOWN, Table, Tables
from pyautoload_wasm._base.frames import hidden

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, ModuleType

    from pyautoload_wasm._project.callbacks import Callbacks
    from pyautoload_wasm._base.engine import Engine

_IMPORT_MODULE = importlib.import_module.__code__
#: From `_note_search`: find_spec, importlib's _find_spec, _find_and_load_unlocked, _find_and_load, _gcd_import, import_module.
_IMPORT_MODULE_DEPTH = 6

if sys.version_info >= (3, 12):
    _module_above = sys._getframemodulename
else:

    def _module_above(depth: int) -> str | None:
        """The module of a frame above the caller's; None where there are fewer."""
        try:
            name: str | None = sys._getframe(depth + 1).f_globals.get("__name__")
        except ValueError:
            return None
        return name


class Journal:
    """What happens in the import system while a reload is under way."""

    def __init__(self) -> None:
        #: Names that were looked for and found.
        self.sought: list[str] = []
        #: Modules that raised, the innermost first.
        self.failed: list[tuple[str, BaseException]] = []


class AutoloadFinder(Tables, MetaPathFinder):
    """Finds the modules of one loader. Everything else is none of its business, and costs it one look into a dict."""

    def __init__(
        self, engine: Engine, callbacks: Callbacks, *, strict: bool = False, reports_hidden: bool = False
    ) -> None:
        super().__init__(engine, reports_hidden=reports_hidden)
        #: Whether a file has to define its expected attribute.
        self.strict = strict
        #: Code objects by file.
        self.codes: dict[str, KeptCode] = {}
        #: Files whose kept code object is the right one, whatever the filesystem says: while a reload is under way.
        self.trusted: frozenset[str] | set[str] = frozenset()
        #: Who counts the changes of files in memory, once that spares looking at files.
        self.memory: Changes = UNOPENED
        self._ahead = ReadAhead(self._open_memory)
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
        #: Packages that somebody else has found, and whose modules are this finder's.
        self.adopted: set[str] = set()
        #: Namespaces that others have a share in.
        self._shared: set[str] = set()
        #: What executes source files.
        self.source_loader: type[SourceLoader] = SourceLoader
        #: What makes implicit namespace packages.
        self.directory_loader: type[DirectoryLoader] = DirectoryLoader
        #: The places of executions.
        self.starts = itertools.count()
        optimization = sys.flags.optimize
        self._cached_suffix = f".{sys.implementation.cache_tag}{f'.opt-{optimization}' if optimization else ''}.pyc"

    @hidden
    def read(self, fullname: str, path: str) -> Source:
        """A module's source, which may have been read ahead. Raises OSError."""
        if not IN_PYODIDE:
            return read_source(path)
        source = self._ahead.take(path)
        if source is None:
            source = read_source(path)
            table = self._tables.get(fullname.rpartition(".")[0])
            if table is not None:
                directory = path.rpartition("/")[0]
                self._ahead.note(directory, (stem for stem, at in table.modules.items() if at == directory))
        return source

    def count_for(self, path: str) -> int:
        """The count of changes for which a file stays as it is, where somebody counts."""
        return self._open_memory().count_for(path)

    def _open_memory(self) -> Changes:
        if self.memory is UNOPENED:
            self.memory = count_changes()
        return self.memory

    def close(self) -> None:
        """Lets go of everything. Loaders of modules that stay loaded have this finder still."""
        super().close()
        memory, self.memory = self.memory, Changes()
        self._ahead = ReadAhead(self._open_memory)
        memory.close()

    def tell_engine(self) -> None:
        """Tells the engine what was executed and observed since it was told last: one crossing for all imports.

        Under the lock, since who finds nothing to tell must not ask the engine before another thread has told it.
        """
        with self._lock:
            # A new execution forgets what was observed in the one before, so it comes first.
            executed = []
            for name in list(self.executed):
                path, content, started, failed = self.executed.pop(name)
                mtime, digest = (None, None) if content is None else (mtime_of(content[0]), content[1])
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

    @hidden
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a managed module, or None. Executes nothing, but for a camelized name's file when that is imported."""
        # Taken before the table: where another thread scans meanwhile, nothing is kept that is older than its scan.
        specs = self._specs
        known = specs.get(fullname)
        # A tool may have put another loader into it, such as LazyLoader: then it is that tool's.
        if known is not None and type(known.loader) is self.source_loader:
            self._note_search(fullname, is_found=True)
            return known
        namespace, _, stem = fullname.rpartition(".")
        table = self._tables.get(namespace, UNKNOWN)
        if table is UNKNOWN:
            table = self._table(namespace)
        if table is None:
            return None
        directory = table.modules.get(stem, UNKNOWN)
        if directory is UNKNOWN:
            real = table.alias(stem)
            if real is None:
                if namespace and self._discover(table, stem):
                    return self.find_spec(fullname, path, target)
                self._note_search(fullname, is_found=False)
                return None
            spec: ModuleSpec | None = ModuleSpec(fullname, AliasLoader(fullname, _join(table.name, real), self))
            # Who had asked for a module below it was told that it was nobody's namespace.
            self._tables.pop(fullname, None)
        elif table.name != namespace:
            # A child of a namespace that was imported under its camelized name.
            spec = ModuleSpec(fullname, AliasLoader(fullname, _join(table.name, stem), self))
        elif directory is None:
            spec = self._namespace_spec(fullname, path)
        else:
            spec = self._source_spec(fullname, directory, f"{stem}.py", None)
            if fullname in self.served:
                specs[fullname] = spec
        if spec is not None:
            self._note_search(fullname, is_found=True)
        return spec

    @hidden
    def _namespace_spec(self, fullname: str, path: Sequence[str] | None) -> ModuleSpec | None:
        if fullname in self.adopted:
            return None  # whoever has found the package finds it again
        with self._lock:
            view = self.engine.ask("namespace", name=fullname)
            if view is None:
                return None  # another thread has scanned since, and it is gone
            if fullname not in self._tables:
                self._tables[fullname] = Table(self.engine, view)
        if view["file"] is not None:
            directory, _, name = view["file"].rpartition("/")
            return self._source_spec(fullname, directory, name, view["path"])
        search = self._search(fullname, view["path"], path)
        return None if search is None else self._directory_spec(fullname, search)

    @hidden
    def _search(self, fullname: str, ours: list[str], path: Sequence[str] | None) -> list[str] | None:
        """The path of a namespace package; None where it is another project's package, which stays what it is: a root may stand for
        a name below that, such as `rich.ours`.
        """
        parent = fullname.rpartition(".")[0]
        if ours and (not parent or (parent in self.served and parent not in self._shared)):
            return ours
        theirs = PathFinder.find_spec(fullname, path)
        if theirs is None:
            return ours
        self._shared.add(fullname)
        return None if theirs.has_location else [*ours, *(theirs.submodule_search_locations or ())]

    @hidden
    def _source_spec(self, fullname: str, directory: str, name: str, search: list[str] | None) -> ModuleSpec:
        file = f"{directory}/{name}"
        spec = ModuleSpec(fullname, self.source_loader(fullname, file, self), origin=file)
        spec.has_location = True
        if sys.pycache_prefix is None:
            spec.cached = f"{directory}/__pycache__/{name[:-3]}{self._cached_suffix}"
        else:
            spec.cached = cache_from_source(file)
        spec.submodule_search_locations = search
        return spec

    def _directory_spec(self, fullname: str, search: list[str]) -> ModuleSpec:
        loader = self.directory_loader(fullname, search, self)
        spec = ModuleSpec(fullname, loader, is_package=True)
        spec.submodule_search_locations = loader._path
        return spec

    def find_namespace(self, fullname: str, path: Sequence[str] | None = None) -> ModuleSpec | None:
        """What CPython's namespace path asks when its parent's path has changed."""
        view = self.engine.ask("namespace", name=fullname)
        if view is None or view["file"] is not None:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = self._search(fullname, view["path"], path)
        return spec

    def attribute(self, package: ModuleType, namespace: str, name: str) -> Any:
        """What a missing attribute of a package is: a module below it, or what such a module defines under the name; or MISSING."""
        table = self._table(namespace)
        if table is not None:
            if name not in table.modules and table.alias(name) is None and self._discover(table, name):
                table = self._table(namespace) or table
            if name in table.modules:
                fullname = _join(namespace, name)
                self.observe(sys._getframe(2), fullname)
                __import__(fullname)
                return sys.modules[fullname]
            stem = table.alias(name)
            if stem is not None:
                fullname = _join(namespace, stem)
                self.observe(sys._getframe(2), fullname)
                __import__(fullname)
                module = sys.modules[fullname]
                value = getattr(module, name, UNKNOWN)
                if value is UNKNOWN:
                    if not getattr(own_spec(module), "_initializing", False):
                        return module
                else:
                    self.set_attribute(package, fullname, name, value)
                    return value
            self.observe_missing(sys._getframe(2), namespace, name)
        return MISSING

    def set_attribute(self, package: ModuleType, fullname: str, attr: str, value: Any) -> None:
        """Gives a package the attribute that one of its modules defines, so that the next look finds it there."""
        package.__dict__[attr] = value
        self.attributes.setdefault(fullname, set()).add(attr)

    def owns(self, name: str) -> bool:
        """Whether a module came from this finder, or from below a package that did."""
        while name not in self.served:
            name = name.rpartition(".")[0]
            if not name:
                return False
        return True

    def manages(self, name: str) -> bool:
        """Whether the modules right below a package are this finder's."""
        return name in self.adopted or self.owns(name)

    def loaded_name(self, name: str) -> str | None:
        """A loaded module's own name, also where a camelized one is given; None for what is not loaded, or not ours."""
        if name not in sys.modules:
            namespace, _, attr = name.rpartition(".")
            name = _join(namespace, self.stem_of(namespace, attr) or attr)
        spec = own_spec(sys.modules[name]) if name in sys.modules and name in self.served else None
        return None if spec is None else spec.name

    def observe(self, frame: FrameType | None, imported: str) -> None:
        """Notes an import that a frame makes, if it is one of our modules'."""
        importer = None if frame is None else frame.f_globals.get("__name__")
        if frame is not None and importer in self.served:
            self.observed.add((importer, imported, frame.f_lineno))

    def forget_observed(self, importers: set[str]) -> None:
        """Drops what was observed of some modules since the graph was told."""
        self.observed.difference_update([seen for seen in self.observed if seen[0] in importers])

    def observe_missing(self, frame: FrameType, namespace: str, attr: str) -> None:
        """Notes that a frame of one of our modules has looked for a name in vain."""
        if frame.f_globals.get("__name__") in self.served and attr.isidentifier():
            self.observe(frame, _join(namespace, self._stem_of(attr)))

    def _note_search(self, fullname: str, *, is_found: bool) -> None:
        """Notes that a module is looked for by an import.

        One by `importlib.import_module` is observed: who has looked for a module in vain is affected when it comes. Import statements
        are read from the source, and cost one comparison here: `import_module` stands at a known depth above the finder.
        """
        if is_found:
            if fullname in sys.modules:
                return
            self.served.add(fullname)
            if self.journal is not None:
                self.journal.sought.append(fullname)
        if _module_above(_IMPORT_MODULE_DEPTH) == "importlib":
            frame = sys._getframe(_IMPORT_MODULE_DEPTH)
            if frame.f_code is _IMPORT_MODULE:
                self.observe(frame.f_back, fullname)

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
