"""The finder in ``sys.meta_path``: what an import is answered with. What it knows is in the catalog; an import of a known module takes
no lock of ours.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import cache_from_source
from types import ModuleType

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.children import hand_on
from pyautoload_wasm._base.drives import is_dir, is_file
from pyautoload_wasm._base.frames import finders_askers, is_lazy_attribute
from pyautoload_wasm._base.hiding import hidden
from pyautoload_wasm._base.import_locks import interpreter_lock_released
from pyautoload_wasm._imports.aliases import AliasLoader
from pyautoload_wasm._imports.loaders import DirectoryLoader, PackageLoader, SourceLoader, ToolLoader
from pyautoload_wasm._imports.observation import (
    MOST_SPECS,
    AutoloadSpec,
    initializing,
    let_go_of_specs,
    note,
    observe_missing,
)
from pyautoload_wasm._imports.packages import add_member, members
from pyautoload_wasm._imports.state import LoadState, bodies
from pyautoload_wasm._imports.tools import Tools
from pyautoload_wasm._project.catalog import UNKNOWN, Namespace
from pyautoload_wasm._project.shadowing import ShadowedLibraries, entries_beyond_the_standard_library

_log = logging.getLogger("pyautoload_wasm")


class AutoloadFinder(MetaPathFinder):
    """Finds the modules of one loader. Any other import costs one dict lookup."""

    def __init__(self, state: LoadState) -> None:
        self._state = state
        #: What the roots shadow.
        self.libraries = ShadowedLibraries(())
        self._catalog = state.catalog
        #: Namespaces that others have a share in.
        self._shared: set[str] = set()
        self._tools = Tools(self, is_ours=lambda finder: isinstance(finder, AutoloadFinder))
        optimization = sys.flags.optimize
        self._cached_suffix = f".{sys.implementation.cache_tag}{f'.opt-{optimization}' if optimization else ''}.pyc"

    @hidden
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a managed module, or None. Executes nothing, but for a camelized name's file when that is imported."""
        catalog = self._catalog
        # Taken before the listing: where another thread scans meanwhile, nothing is kept that is older than its scan.
        specs = catalog.specs
        known = specs.get(fullname)
        # A tool may have put another loader into it, such as LazyLoader: then it is that tool's.
        if known is not None and type(known.loader) is SourceLoader:
            tools = self._tools
            is_current = sys.meta_path == tools.meta_path and sys.path_hooks == tools.path_hooks
            if not (tools.were_there if is_current else tools.are_there()):
                self._note_import(fullname)
                return known
        name, _, stem = fullname.rpartition(".")
        namespace = catalog.namespaces.get(name, UNKNOWN)
        if namespace is UNKNOWN:
            namespace = catalog.namespace(name)
        if namespace is None:
            if name == "multiprocessing":
                hand_on()
            return None
        directory = namespace.modules.get(stem, UNKNOWN)
        if directory is UNKNOWN:
            real = namespace.aliases.get(stem)
            if real is None:
                if name and catalog.discover(namespace, stem):
                    return self.find_spec(fullname, path, target)
                if name:
                    observe_missing(catalog, name, stem)
                    return self._empty_folder_spec(fullname, namespace, stem, path)
                # Most likely it is a library, which somebody else finds.
                importers = finders_askers(AutoloadSpec, bool(bodies))
                if importers:
                    note(importers, fullname)
                return None
            if is_lazy_attribute(fullname):
                return None  # the package knows better: what the file defines
            spec: ModuleSpec | None = self._alias_spec(fullname, namespace, real)
            # Who had asked for a module below it was told that it was nobody's namespace.
            catalog.namespaces.pop(fullname, None)
        elif namespace.name != name:
            if is_lazy_attribute(fullname):
                return None
            # A child of a namespace that was imported under its camelized name.
            spec = self._alias_spec(fullname, namespace, stem)
        elif directory is None:
            spec = self._namespace_spec(fullname, path)
        else:
            spec = self._file_spec(fullname, directory, stem, f"{stem}.py", None)
            if fullname in catalog.supplied and type(spec.loader) is SourceLoader:
                specs[fullname] = spec
        if spec is not None:
            if stem not in members:
                add_member(stem)
            if len(initializing) > MOST_SPECS:
                let_go_of_specs()
            self._note_import(fullname)
        return spec

    @hidden
    def _note_import(self, fullname: str) -> None:
        """Notes that an import has found a module."""
        if fullname in sys.modules:
            return
        state = self._state
        self._catalog.supplied.add(fullname)
        journal = state.journal
        if journal is not None:
            journal.note_import(fullname)
        importers = finders_askers(AutoloadSpec, bool(bodies))
        if importers:
            note(importers, fullname)

    def _alias_spec(self, fullname: str, namespace: Namespace, stem: str) -> ModuleSpec:
        return AutoloadSpec(fullname, AliasLoader(fullname, join_name(namespace.name, stem), self._state))

    @hidden
    def _namespace_spec(self, fullname: str, path: Sequence[str] | None) -> ModuleSpec | None:
        catalog = self._catalog
        if fullname in catalog.adopted:
            return None  # whoever has found the package finds it again
        if fullname in self.libraries.names:
            with interpreter_lock_released():
                for message in self.libraries.installed(fullname):
                    _log.warning("%s", message)
        self._tools.refresh()
        with catalog.lock:
            view = catalog.engine.ask("namespace", name=fullname)
            if view is None:
                return None  # another thread has scanned since, and it is gone
            if fullname not in catalog.namespaces:
                catalog.namespaces[fullname] = Namespace(catalog.engine, view)
        if view["file"] is None and self._has_got_a_file(view["path"]):
            catalog.scan()
            view = catalog.engine.ask("namespace", name=fullname)
            if view is None:
                return self.find_spec(fullname, path)
        if view["file"] is not None:
            directory, _, name = view["file"].rpartition("/")
            return self._file_spec(fullname, directory, name[:-3], name, view["path"])
        locations = self._locations(fullname, view["path"], path)
        return None if locations is None else self._directory_spec(fullname, locations)

    def _has_got_a_file(self, folders: list[str]) -> bool:
        """Whether a namespace has got a file of its own since the scan: `models.py` or `models/__init__.py`."""
        settings = self._catalog.settings
        inside = [folder for folder in folders if not any(folder == root.path for root in settings.roots)]
        if not all(map(is_dir, inside)):
            return True
        files = [*(f"{folder}/__init__.py" for folder in folders), *(f"{folder}.py" for folder in inside)]
        return any(is_file(file) and not settings.is_ignored(file) for file in files)

    @hidden
    def _empty_folder_spec(
        self, fullname: str, namespace: Namespace, stem: str, path: Sequence[str] | None
    ) -> ModuleSpec | None:
        """The spec of a folder without modules, such as one of data files. Python makes a namespace package of it, and so do we: when
        a module is written into it, that is found.
        """
        folders = [folder for at in namespace.directories if is_dir(folder := f"{at}/{stem}")]
        if not folders or any(map(self._catalog.settings.is_ignored, folders)):
            return None
        theirs = PathFinder.find_spec(fullname, path)
        if theirs is None or theirs.has_location:
            return None
        self._note_import(fullname)
        return self._directory_spec(fullname, list(theirs.submodule_search_locations or ()))

    @hidden
    def _locations(self, fullname: str, ours: list[str], path: Sequence[str] | None) -> list[str] | None:
        """The ``__path__`` of a namespace package; None where it is another project's package, which stays what it is: a root may
        stand for a name below that, such as `rich.ours`.
        """
        parent = fullname.rpartition(".")[0]
        if ours and parent in self._catalog.supplied and parent not in self._shared:
            return ours
        theirs = PathFinder.find_spec(fullname, path if parent else entries_beyond_the_standard_library())
        if theirs is None:
            return ours
        if theirs.has_location:
            if ours and not parent:
                return ours  # the root has an installed library's name, of which the user is told
            self._shared.add(fullname)
            return None
        own = set(map(os.path.realpath, ours))
        beyond = [folder for folder in theirs.submodule_search_locations or () if os.path.realpath(folder) not in own]
        if beyond or not ours:
            self._shared.add(fullname)
        return [*ours, *beyond]

    @hidden
    def _file_spec(
        self, fullname: str, directory: str, stem: str, name: str, locations: list[str] | None
    ) -> ModuleSpec:
        """The spec of a module or package with a file: as other tools would have it, or compiled, or ours."""
        spec = self._tools.compiled(fullname, directory, stem, self._catalog.specs)
        if spec is not None:
            if locations is not None:
                spec.submodule_search_locations = locations
            return spec
        if self._tools.are_there():
            above = directory.rpartition("/")[0] if stem == "__init__" else directory
            spec, has_come_back = self._tools.spec(fullname, above)
            if spec is not None and (has_come_back or spec.origin != f"{directory}/{name}"):
                return spec
            if spec is not None:
                spec = AutoloadSpec.of(spec)
                # A loader by what it does, and not by its type: `__class__` says that it is the tool's.
                spec.loader = ToolLoader(spec.loader, fullname, f"{directory}/{name}", self._state)  # type: ignore[assignment]
                spec.submodule_search_locations = locations
                return spec
        return self._source_spec(fullname, directory, name, locations)

    @hidden
    def _source_spec(self, fullname: str, directory: str, name: str, locations: list[str] | None) -> ModuleSpec:
        file = f"{directory}/{name}"
        loader = SourceLoader if locations is None else PackageLoader
        spec = AutoloadSpec(fullname, loader(fullname, file, self._state), origin=file)
        spec.has_location = True
        if sys.pycache_prefix is None:
            spec.cached = f"{directory}/__pycache__/{name[:-3]}{self._cached_suffix}"
        else:
            spec.cached = cache_from_source(file)
        spec.submodule_search_locations = locations
        return spec

    def _directory_spec(self, fullname: str, locations: list[str]) -> ModuleSpec:
        loader = DirectoryLoader(fullname, locations, self._state, self._find_namespace)
        spec = AutoloadSpec(fullname, loader, is_package=True)
        spec.submodule_search_locations = loader.search_locations
        return spec

    def _find_namespace(self, fullname: str, path: Sequence[str] | None = None) -> ModuleSpec | None:
        view = self._catalog.engine.ask("namespace", name=fullname)
        if view is None or view["file"] is not None:
            return None
        spec = AutoloadSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = self._locations(fullname, view["path"], path)
        return spec

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """The names of the top level, and whether each is a package: what `pkgutil.iter_modules` asks every finder."""
        namespace = self._catalog.namespace("")
        for stem, directory in sorted(namespace.modules.items()) if namespace is not None else ():
            yield f"{prefix}{stem}", directory is None

    def __repr__(self) -> str:
        return f"<pyautoload_wasm's finder of {self._catalog.settings.tag}>"
