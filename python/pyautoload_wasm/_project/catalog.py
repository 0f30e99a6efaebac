"""What a finder knows of its modules, as Python objects: for each namespace that was touched a table of its modules, fetched from the
engine in one piece, and forgotten at each scan.

Threads: whoever fetches from the engine holds a lock, so that no answer from before a scan is kept after it. Nothing is imported and
no module's code runs under that lock, and so it cannot be part of a deadlock with the import system's own.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._project.inflection import stems_for

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from pyautoload_wasm._base.engine import Engine
    from pyautoload_wasm.errors import ConfigurationError
    from pyautoload_wasm._project.inflection import Inflect, Inflector
    from pyautoload_wasm._project.log import Log
    from pyautoload_wasm._results.project import Root

UNKNOWN: Any = object()


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


class Tables:
    """The tables of one loader."""

    def __init__(self, engine: Engine, *, reports_hidden: bool) -> None:
        self.engine = engine
        #: Names in sys.modules that are this loader's.
        self.served: set[str] = set()
        #: What is scanned.
        self.roots: tuple[Root, ...] = ()
        #: Who decides on attribute names in the place of the loader's own inflector, and that one.
        self.inflect: tuple[Inflect, Inflector] | None = None
        #: Who writes down what happens, if anybody does.
        self.log: Log | None = None
        #: The namespaces that bare names can come from, by who asks: see ``implicit.py``.
        self.nearest: dict[tuple[Any, ...], tuple[str, ...]] = {}
        self._reports_hidden = reports_hidden
        self._hidden_files: dict[str, str] | None = None
        self._sorted_names: list[str] | None = None
        self._tables: dict[str, Table | None] = {}
        #: The specs of source modules that were imported more than once: to make one takes as long as to find it.
        self._specs: dict[str, ModuleSpec] = {}
        self._lock = threading.RLock()  # Re-entrant, since a scan fetches.

    def tell_engine(self) -> None:
        """Tells the engine what has happened since it was told last."""

    def scan(self) -> dict[str, Any]:
        """Scans all roots and forgets the tables. Returns the summary.

        Raises ConfigurationError for what the user's inflector does wrong; the scan is complete all the same.
        """
        with self._lock:
            # What was executed was executed as the files were before.
            self.tell_engine()
            summary: dict[str, Any] = self.engine.ask("scan")
            wrong = self._decide_attributes()
            self._forget_tables()
            if self.log is not None:
                self.log.scanned(self)
            if wrong is not None:
                raise wrong
            return summary

    def plan(self, changes: list[dict[str, Any]], forced: list[str], *, rescan: bool) -> dict[str, Any]:
        """What is to be done after some paths have changed: the engine's plan."""
        with self._lock:
            if self.inflect is not None:
                self.scan()  # Names that the user's inflector decides on have to be known to the plan.
            self.tell_engine()
            plan: dict[str, Any] = self.engine.ask("plan", changes=changes, forced=forced, rescan=rescan)
            if plan["scanned"]:
                self._decide_attributes()
                self._forget_tables()
                if self.log is not None:
                    self.log.scanned(self)
            return plan

    def _decide_attributes(self) -> ConfigurationError | None:
        """Lets the user's inflector decide, if there is one. Returns what is wrong with its answers."""
        return None if self.inflect is None else self.inflect[1].decide_by(self.inflect[0])

    def sorted_names(self) -> list[str]:
        """The names of all modules."""
        if self._sorted_names is None:
            self._sorted_names = sorted(self.engine.ask("names").split())
        return self._sorted_names

    def _forget_tables(self) -> None:
        self._hidden_files = None
        self._sorted_names = None
        self.nearest = {}
        self._tables = {}
        self._specs = {}

    def close(self) -> None:
        """Lets the finder find nothing any more. Packages and functions that it has made can outlive it."""
        with self._lock:
            self._tables = {"": None}
            self._specs = {}
            self.nearest = {}
            self.served = set()

    def say(self, text: str) -> None:
        """Writes a line of the log, if there is one."""
        if self.log is not None:
            self.log.say(text)

    def _fetch(self, namespace: str) -> Table | None:
        view = self.engine.ask("namespace", name=namespace)
        return None if view is None else Table(self.engine, view)

    def _table(self, namespace: str) -> Table | None:
        """The table of a namespace, also under a camelized name; None for what is not managed."""
        table = self._tables.get(namespace, UNKNOWN)
        if table is not UNKNOWN:
            return table  # type: ignore[no-any-return]
        new: Table | None = None
        with self._lock:
            if not namespace or self._is_ours(namespace):
                module = sys.modules.get(namespace)
                new = self._fetch(getattr(module, "__name__", namespace) if namespace in self.served else namespace)
            self._tables[namespace] = new
        return new

    def _is_ours(self, namespace: str) -> bool:
        if namespace not in self.served:
            top = self._table("")
            if top is None or namespace.partition(".")[0] not in top.modules:
                return False
        return namespace.replace(".", "").isidentifier()

    def table_of(self, namespace: str) -> Table | None:
        """The modules right below a namespace; None for what is not managed."""
        return self._table(namespace)

    def stem_of(self, namespace: str, attr: str) -> str | None:
        """The stem of a namespace's module that is expected to define an attribute."""
        table = self._table(namespace)
        return None if table is None else table.alias(attr)

    def stem_at(self, namespace: str, name: str) -> str | None:
        """The stem of a namespace's module that is reached by a name, its own or its attribute's; also of one that was written since
        the scan.
        """
        table = self._table(namespace)
        if table is None:
            return None
        if name not in table.modules and table.alias(name) is None and self._discover(table, name):
            table = self._table(namespace) or table
        return name if name in table.modules else table.alias(name)

    def _stem_of(self, attr: str) -> str:
        stem: str = self.engine.ask("underscore", attr=attr)
        return stem

    def is_alias(self, namespace: str, attr: str, stem: str) -> bool:
        """Whether an attribute is what a module of a namespace is expected to define."""
        table = self._table(namespace)
        return table is not None and table.alias(attr) == stem

    def children(self, namespace: str) -> list[str]:
        """The names that a namespace's modules can be reached by."""
        table = self._table(namespace)
        return [] if table is None else table.names()

    def hidden_files(self) -> dict[str, str]:
        """Files that are not autoloaded, since they would hide another module: stem to path."""
        if not self._reports_hidden:
            return {}
        if self._hidden_files is None:
            problems = self.engine.ask("problems")
            self._hidden_files = {p["name"]: p["path"] for p in problems if p["kind"] == "hides"}
        return self._hidden_files

    def _discover(self, table: Table, name: str) -> bool:
        """Looks once more for a file that was written since the scan; scans again if there is one. So an import never fails
        because nobody has told us of its file.
        """
        if name.startswith("_") or not name.isidentifier():
            return False
        if self.inflect is None:
            stems = {name, self._stem_of(name)}
        else:
            stems = {name, *stems_for(self.inflect[0], name, table.directories, table.modules)}
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
