"""The finder in ``sys.meta_path``: what an import is answered with. What it knows is in the catalog; an import of a known module takes
no lock of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import cache_from_source
from types import ModuleType

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.children import hand_on
from pyautoload_wasm._base.frames import hidden, import_module_caller
from pyautoload_wasm._imports.loaders import AliasLoader, DirectoryLoader, SourceLoader
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._project.catalog import UNKNOWN, Namespace


class AutoloadFinder(MetaPathFinder):
    """Finds the modules of one loader. Any other import costs one dict lookup."""

    def __init__(self, state: LoadState) -> None:
        self._state = state
        self._catalog = state.catalog
        #: Namespaces that others have a share in.
        self._shared: set[str] = set()
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
                self._state.observe(import_module_caller(), fullname)
                return None
            spec: ModuleSpec | None = self._alias_spec(fullname, namespace, real)
            # Who had asked for a module below it was told that it was nobody's namespace.
            catalog.namespaces.pop(fullname, None)
        elif namespace.name != name:
            # A child of a namespace that was imported under its camelized name.
            spec = self._alias_spec(fullname, namespace, stem)
        elif directory is None:
            spec = self._namespace_spec(fullname, path)
        else:
            spec = self._source_spec(fullname, directory, f"{stem}.py", None)
            if fullname in catalog.supplied:
                specs[fullname] = spec
        if spec is not None:
            self._note_import(fullname)
        return spec

    def _note_import(self, fullname: str) -> None:
        """Notes that an import has found a module.

        One by `importlib.import_module` is observed: no source shows it, and who has looked for a module in vain is affected when it
        comes. Import statements are read from the source.
        """
        if fullname in sys.modules:
            return
        state = self._state
        self._catalog.supplied.add(fullname)
        journal = state.journal
        if journal is not None:
            journal.note_import(fullname)
        state.observe(import_module_caller(), fullname)

    def _alias_spec(self, fullname: str, namespace: Namespace, stem: str) -> ModuleSpec:
        return ModuleSpec(fullname, AliasLoader(fullname, join_name(namespace.name, stem), self._state))

    @hidden
    def _namespace_spec(self, fullname: str, path: Sequence[str] | None) -> ModuleSpec | None:
        catalog = self._catalog
        if fullname in catalog.adopted:
            return None  # whoever has found the package finds it again
        with catalog.lock:
            view = catalog.engine.ask("namespace", name=fullname)
            if view is None:
                return None  # another thread has scanned since, and it is gone
            if fullname not in catalog.namespaces:
                catalog.namespaces[fullname] = Namespace(catalog.engine, view)
        if view["file"] is not None:
            directory, _, name = view["file"].rpartition("/")
            return self._source_spec(fullname, directory, name, view["path"])
        locations = self._locations(fullname, view["path"], path)
        return None if locations is None else self._directory_spec(fullname, locations)

    @hidden
    def _locations(self, fullname: str, ours: list[str], path: Sequence[str] | None) -> list[str] | None:
        """The ``__path__`` of a namespace package; None where it is another project's package, which stays what it is: a root may
        stand for a name below that, such as `rich.ours`.
        """
        parent = fullname.rpartition(".")[0]
        if ours and (not parent or (parent in self._catalog.supplied and parent not in self._shared)):
            return ours
        theirs = PathFinder.find_spec(fullname, path)
        if theirs is None:
            return ours
        self._shared.add(fullname)
        return None if theirs.has_location else [*ours, *(theirs.submodule_search_locations or ())]

    @hidden
    def _source_spec(self, fullname: str, directory: str, name: str, locations: list[str] | None) -> ModuleSpec:
        file = f"{directory}/{name}"
        spec = ModuleSpec(fullname, SourceLoader(fullname, file, self._state), origin=file)
        spec.has_location = True
        if sys.pycache_prefix is None:
            spec.cached = f"{directory}/__pycache__/{name[:-3]}{self._cached_suffix}"
        else:
            spec.cached = cache_from_source(file)
        spec.submodule_search_locations = locations
        return spec

    def _directory_spec(self, fullname: str, locations: list[str]) -> ModuleSpec:
        loader = DirectoryLoader(fullname, locations, self._state, self._find_namespace)
        spec = ModuleSpec(fullname, loader, is_package=True)
        spec.submodule_search_locations = loader.search_locations
        return spec

    def _find_namespace(self, fullname: str, path: Sequence[str] | None = None) -> ModuleSpec | None:
        view = self._catalog.engine.ask("namespace", name=fullname)
        if view is None or view["file"] is not None:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = self._locations(fullname, view["path"], path)
        return spec

    def __repr__(self) -> str:
        return f"<pyautoload_wasm's finder of {self._catalog.settings.tag}>"
