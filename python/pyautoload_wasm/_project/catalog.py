"""What a loader knows of its modules without importing them: for each namespace that was asked for, a listing of its modules, fetched
from the engine in one piece and dropped at each scan.

Threads: whoever fetches from the engine holds its lock, so that no answer from before a scan is kept after it. What users wrote, such
as an inflector or the destination of a log, runs when that lock and the interpreter's import lock are free again: it may import
something that another thread is importing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from typing import Any

from pyautoload_wasm._base.answers import Change, NamespaceView, Plan, Summary
from pyautoload_wasm._base.arguments import is_module_name, join_name
from pyautoload_wasm._base.drives import drive_at, drives_of, is_dir, is_file, trusting
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._base.import_locks import interpreter_lock_released
from pyautoload_wasm._project.inflection import stems_for
from pyautoload_wasm._project.settings import Settings
from pyautoload_wasm._project.spelling import Spellings
from pyautoload_wasm._results.project import Root
from pyautoload_wasm.errors import ConfigurationError

#: A dict's answer for a key that it does not have, where None is an answer.
UNKNOWN: Any = object()


class Namespace:
    """The modules right below one dotted name."""

    __slots__ = ("_aliases", "_engine", "_spellings", "directories", "modules", "name")

    def __init__(self, engine: Engine, view: NamespaceView) -> None:
        self._engine = engine
        self.name: str = view["name"]
        #: Each stem with the directory of its file; None for a namespace.
        self.modules: dict[str, str | None] = {}
        for directory, stems in view["modules"]:
            self.modules.update(dict.fromkeys(stems.split(), directory))
        self.modules.update(dict.fromkeys(view["packages"].split()))
        self.directories = dict.fromkeys([*view["path"], *(directory for directory, _ in view["modules"])])
        self._aliases: dict[str, str] | None = None
        self._spellings: Spellings | None = None

    @property
    def spellings(self) -> Spellings:
        """All names that the modules can be reached by, to be compared with a misspelled one."""
        if self._spellings is None:
            self._spellings = Spellings([*self.modules, *self.aliases])
        return self._spellings

    @property
    def aliases(self) -> dict[str, str]:
        """The stem of the file that is expected to define an attribute, for each attribute that is not its own stem."""
        if self._aliases is None:
            self._aliases = self._engine.ask("aliases", name=self.name)
        return self._aliases

    def stem(self, name: str) -> str | None:
        """The stem that a name stands for, the stem itself or the attribute of its file."""
        return name if name in self.modules else self.aliases.get(name)

    def names(self) -> list[str]:
        """All names that the modules can be reached by.

        Of tests the modules alone: unittest's discovery takes whatever test case `dir(package)` leads it to, and would run a case
        once for the package and once for its module.
        """
        if not {"test", "tests"}.isdisjoint(self.name.split(".")):
            return list(self.modules)
        return [*self.modules, *(attr for attr, stem in self.aliases.items() if not stem.startswith("test"))]

    def __repr__(self) -> str:
        return f"<Namespace {self.name!r} of {len(self.modules)} modules>"


class Catalog:
    """The modules of one loader that is set up."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = settings.engine
        #: Names in ``sys.modules`` that the loader's finder has supplied.
        self.supplied: set[str] = set()
        #: Packages that another finder has made, and whose modules are this loader's: see ``_imports/adoption.py``.
        self.adopted: set[str] = set()
        #: Whether there was a scan since the last plan: what it found is news to those who have looked for it in vain.
        self.has_news = False
        #: Called before each scan: what was executed up to then was executed as the files were before.
        self.before_scan: Callable[[], object] = lambda: None
        #: Called when the listings are dropped, under the lock: what a name stood for it may no longer stand for.
        self.on_drop: Callable[[], object] = lambda: None
        #: Listings by name; None for what is not managed.
        self.namespaces: dict[str, Namespace | None] = {}
        #: Links to directories and to source files, each with the path without links that it stands for. A new dict where a scan has
        #: found others.
        self.links: dict[str, str] = {}
        # Answers of others that hold until the next scan.
        #: The specs of source modules that were imported more than once: making one takes as long as finding it.
        self.specs: dict[str, ModuleSpec] = {}
        #: The namespaces that a bare name is looked up in, by who asks: see ``_imports/implicit.py``.
        self.bare_name_scopes: dict[tuple[Any, ...], tuple[str, ...]] = {}
        self._unregistered: dict[str, str] | None = None
        self._sorted_names: list[str] | None = None
        self.lock = self.engine.lock
        #: Whether the engine has still to be told to keep the graph.
        self._owes_history = False
        #: How many scans there were.
        self.scans = 0
        #: How many plans there were: before each, files may have changed.
        self.plans = 0
        # Up to which of them the user's inflector has decided.
        self._decided_scan = 0

    @property
    def roots(self) -> tuple[Root, ...]:
        """The roots, first root first."""
        return tuple(self.settings.roots)

    # Scans

    def keep_history(self) -> None:
        """From now on the engine keeps the graph from before a scan. For that it reads all files; on a drive, where that may take a
        request for each, not before there is something to compare.
        """
        with self.lock:
            self._owes_history = bool(drives_of(root.path for root in self.roots))
            if not self._owes_history:
                self.engine.ask("enable_reloading")

    def _before_scan(self) -> None:
        if self._owes_history:
            self._owes_history = False
            self.engine.ask("enable_reloading")
        self.before_scan()

    def scan(self) -> Summary:
        """Scans all roots, and drops the listings. Returns the summary.

        Raises ConfigurationError for what the user's inflector does wrong; the scan is complete all the same.
        """
        with self.lock:
            self._before_scan()
            self.has_news = True
            summary = self.engine.ask("scan")
            self._scanned(summary["links"])
        error = self._after_scan()
        if error is not None:
            raise error
        return summary

    def take_scan(self, links: str) -> None:
        """Takes what the engine has found in a scan by other settings than before, or in the first. Raises as `scan` does."""
        with self.lock:
            self._scanned(links)
        error = self._after_scan()
        if error is not None:
            raise error

    def plan(self, changes: list[Change], forced: list[str], *, rescan: bool) -> Plan:
        """What is to be done after some paths have changed: the engine's plan."""
        if self.settings.custom_inflector is not None:
            self.scan()  # Names that the user's inflector decides on have to be known to the plan.
        with self.lock:
            self._before_scan()
            self.plans += 1
            plan = self.engine.ask("plan", changes=changes, forced=forced, rescan=rescan)
            self.has_news = False
            if plan["scanned"]:
                self._scanned(plan["links"])
        if plan["scanned"]:
            self._after_scan()
        return plan

    def _scanned(self, links: str) -> None:
        """Drops what held until a scan. To be called under the lock."""
        self.scans += 1
        paths = links.split("\0")
        now = dict(zip(paths[::2], paths[1::2], strict=False))
        if now != self.links:
            self.links = now
        self._drop_listings()

    def _drop_listings(self) -> None:
        self._unregistered = None
        self._sorted_names = None
        self.bare_name_scopes = {}
        self.namespaces = {}
        self.specs = {}
        self.on_drop()

    def _after_scan(self) -> ConfigurationError | None:
        """Asks the user's inflector, and writes the log. Returns what is wrong with the inflector's answers."""
        with interpreter_lock_released():
            error = self._decide_attributes()
            if self.settings.log is not None:
                self.settings.log.scanned(self.engine, self.roots)
        return error

    def _decide_attributes(self) -> ConfigurationError | None:
        """Lets the user's inflector decide, if there is one. Meanwhile the modules from before the scan have the attributes that they
        had, and new ones have none.
        """
        custom = self.settings.custom_inflector
        if custom is None:
            return None
        with self.lock:
            scan = self.scans
            modules = self.engine.ask("to_inflect")
        attributes, error = self.settings.default_inflector.decide_by(custom, modules)
        with self.lock:
            # Of two threads that have scanned, the one with the later scan has asked about all modules.
            if scan > self._decided_scan:
                self._decided_scan = scan
                self.engine.ask("set_attributes", attributes=attributes)
                self._drop_listings()
        return error

    def close(self) -> None:
        """Forgets everything. Packages and functions that came from here can outlive the loader, and find nothing any more."""
        with self.lock:
            self.namespaces = {"": None}
            self.specs = {}
            self.bare_name_scopes = {}
            self.supplied = set()

    # Names

    def namespace(self, name: str) -> Namespace | None:
        """The listing of a namespace, also under a camelized name; None for what is not managed."""
        namespace = self.namespaces.get(name, UNKNOWN)
        if namespace is not UNKNOWN:
            return namespace  # type: ignore[no-any-return]
        new: Namespace | None = None
        with self.lock:
            if not name or self._may_be_ours(name):
                module = sys.modules.get(name)
                new = self._fetch(getattr(module, "__name__", name) if name in self.supplied else name)
            self.namespaces[name] = new
        return new

    def _fetch(self, name: str) -> Namespace | None:
        view = self.engine.ask("namespace", name=name)
        return None if view is None else Namespace(self.engine, view)

    def _may_be_ours(self, name: str) -> bool:
        if name not in self.supplied:
            top = self.namespace("")
            if top is None or name.partition(".")[0] not in top.modules:
                return False
        return is_module_name(name)

    def stem_of(self, namespace: str, attr: str) -> str | None:
        """The stem of a namespace's module that is expected to define an attribute."""
        listing = self.namespace(namespace)
        return None if listing is None else listing.aliases.get(attr)

    def find_stem(self, namespace: str, name: str) -> str | None:
        """The stem of a namespace's module that a name stands for, its own or its attribute's; also of a file that was written since
        the scan.
        """
        listing = self.namespace(namespace)
        if listing is None:
            return None
        stem = listing.stem(name)
        if stem is None and self.discover(listing, name):
            listing = self.namespace(namespace)
            stem = None if listing is None else listing.stem(name)
        return stem

    def expected_stem(self, attr: str) -> str:
        """The stem of the file that would be expected to define an attribute."""
        return self.engine.ask("underscore", attr=attr)

    def real_name(self, name: str) -> str:
        """A module's own name, where one or more parts of the name are attributes: ``app.models.user`` for ``app.models.User``."""
        real = ""
        for part in name.split("."):
            listing = self.namespace(real)
            real = join_name(real, (listing and listing.stem(part)) or part)
        return real

    def names_in(self, namespace: str) -> list[str]:
        """The names that a namespace's modules can be reached by."""
        listing = self.namespace(namespace)
        return [] if listing is None else listing.names()

    def sorted_names(self) -> list[str]:
        """The names of all modules."""
        if self._sorted_names is None:
            self._sorted_names = sorted(self.engine.ask("names").split())
        return self._sorted_names

    def unregistered_files(self) -> dict[str, str]:
        """Top-level files that are left out, since they would shadow another module: stem to path."""
        if self._unregistered is None:
            if self.settings.allow_shadowing or all(root.namespace for root in self.roots):
                self._unregistered = {}
                return self._unregistered
            problems = self.engine.ask("problems")
            self._unregistered = {p["name"]: p["path"] for p in problems if p["kind"] == "shadows_module" and p["name"]}
        return self._unregistered

    # Whose a name is

    def owns(self, name: str) -> bool:
        """Whether a module came from this loader's finder, or from below a package that did."""
        while name not in self.supplied:
            name = name.rpartition(".")[0]
            if not name:
                return False
        return True

    def manages(self, name: str) -> bool:
        """Whether the modules right below a package are this loader's."""
        return name in self.adopted or self.owns(name)

    # Files that were written since the scan

    def discover(self, listing: Namespace, name: str) -> bool:
        """Looks once more for a file that was written since the scan, and scans again if there is one. So an import never fails
        because nobody has told the loader of its file.
        """
        if name.startswith("_") or not name.isidentifier():
            return False
        custom = self.settings.custom_inflector
        if custom is None:
            stems = {name, self.expected_stem(name)}
        else:
            with interpreter_lock_released():
                stems = {name, *stems_for(custom, name, listing.directories, listing.modules)}
        for directory in listing.directories:
            if (drive := drive_at(directory)) is not None:
                drive.names(directory)  # asks anew, once for all stems
            for stem in stems:
                if is_file(f"{directory}/{stem}.py") or is_dir(f"{directory}/{stem}"):
                    # Another thread may have looked for the same file, and scanned.
                    if not self._knows(listing.name, name):
                        with trusting(listing.directories):
                            self.scan()
                    return self._knows(listing.name, name)
        return False

    def _knows(self, namespace: str, name: str) -> bool:
        listing = self.namespace(namespace)
        return listing is not None and listing.stem(name) is not None

    def __repr__(self) -> str:
        return f"<Catalog of {self.settings.tag}>"
