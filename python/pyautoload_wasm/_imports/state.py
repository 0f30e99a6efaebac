"""What a loader has loaded: code objects, executions, and imports that were observed; the notes from which the registry, the graph and
a rollback are told.
"""

from __future__ import annotations

import itertools
import linecache
import sys
from collections.abc import Callable
from threading import get_ident
from types import CodeType, ModuleType
from typing import Any, TypeAlias

from pyautoload_wasm._base.hiding import hidden
from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._base.import_locks import forget_other_threads, is_importing
from pyautoload_wasm._imports import installed
from pyautoload_wasm._imports.changes import UNCOUNTED, UNOPENED, Changes, count_changes
from pyautoload_wasm._imports.code_cache import CodeCache, CodeFolder
from pyautoload_wasm._imports.data_files import DataFiles
from pyautoload_wasm._imports.files import ReadAhead, Source, Status, is_settled, mtime_of, read_source
from pyautoload_wasm._imports.kept_values import KeptValues
from pyautoload_wasm._imports.ran import Run, arm
from pyautoload_wasm._imports.ran import forget_other_threads as forget_their_runs
from pyautoload_wasm._imports.reuse import Reuse
from pyautoload_wasm._project.callbacks import Audience
from pyautoload_wasm._project.catalog import Catalog

#: What was read of a file: its status, and a hash. A plain tuple, as a status is one.
Content: TypeAlias = tuple[Status, int]
#: One execution of a module: its file and what was read of that, if it has one; its place among all executions; whether it failed.
#: A plain tuple, since every import makes one.
Execution: TypeAlias = tuple[str | None, Content | None, int, bool]
#: An execution of a module by its user: its place, which module it has made, by its id, and the modules that were running.
ByHand: TypeAlias = tuple[int, int, tuple[str, ...]]
#: What a module was when its body had run: how many names it had, and the code of its file, if that is known.
Made: TypeAlias = tuple[int, CodeType | None]

#: The states of the loaders that are set up, in the order in which they were. A new list each time, since other threads walk through
#: it.
active: list[LoadState] = []

#: The bodies of modules that are running, in all threads and of all loaders: the module's name by the place of the execution.
bodies: dict[int, str] = {}
_places = itertools.count()


class CachedCode:
    """A code object, and what is known of the file that it was compiled from."""

    __slots__ = ("as_of", "code", "content", "digest", "is_armed", "is_settled", "source", "status")

    def __init__(self, code: CodeType, content: Content) -> None:
        self.code = code
        self.content = content
        self.status, self.digest = content
        #: Whether another edit would show in the file's status: the file had not been touched for a while when it was read.
        self.is_settled = is_settled(self.status)
        #: The count of changes in memory for which the code is known to be current.
        self.as_of = UNCOUNTED
        #: What it was compiled of, while an edit is judged.
        self.source: bytes | None = None
        #: Whether its functions are observed.
        self.is_armed = False


class Journal:
    """What a thread imports while it reloads. What other threads import meanwhile is none of its business."""

    def __init__(self) -> None:
        self._thread = get_ident()
        #: Names that an import has found, in order.
        self.imported: list[str] = []
        #: Modules that have run, in order.
        self.loaded: list[tuple[str, ModuleType]] = []
        #: Modules that raised, the innermost first, each with what it raised.
        self.failed: list[tuple[str, ModuleType, BaseException]] = []

    def note_import(self, name: str) -> None:
        """Notes that an import has found a module."""
        if get_ident() == self._thread:
            self.imported.append(name)

    def note_loaded(self, name: str, module: ModuleType) -> None:
        """Notes that a module has run."""
        if get_ident() == self._thread:
            self.loaded.append((name, module))

    def note_failure(self, name: str, module: ModuleType, error: BaseException) -> None:
        """Notes that a module has raised."""
        if get_ident() == self._thread:
            self.failed.append((name, module, error))


class LoadState:
    """The state of one loader that is set up. The loaders of its modules, which can outlive it, hold on to it."""

    def __init__(self, catalog: Catalog, callbacks: Audience) -> None:
        self.catalog = catalog
        self.callbacks = callbacks
        #: Whom to call when a module has run; here as well, since every import looks whether there is anybody.
        self.on_load = callbacks.on_load
        #: Code objects by file.
        self.codes: dict[str, CachedCode] = {}
        self._code_folder: CodeFolder | None = None
        #: Files whose cached code is current, whatever the filesystem says: those of a reload that is under way.
        self.pinned: frozenset[str] | set[str] = frozenset()
        #: Who counts the changes of files in memory, from when on that spares looking at files.
        self.changes: Changes = UNOPENED
        self._ahead = ReadAhead(self._open_changes)
        #: The hash of each file that was executed, or failed to be, as far as the registry was told.
        self.digests: dict[str, int] = {}
        #: Modules that were executed since the registry was told.
        self.executed: dict[str, Execution] = {}
        #: What the registry was told: the last execution of each module, and the imports that were observed.
        self.told: dict[str, Execution] = {}
        self.told_observed: dict[tuple[str, str], int] = {}
        #: The place of the last execution of each module that is there, or was taken out by hand.
        self.ran: dict[str, int] = {}
        #: What modules keep through re-executions, and the data files that they depend on.
        self.kept = KeptValues()
        self.data = DataFiles()
        #: Whether any module has asked for either: each execution looks at this alone.
        self.has_declared = False
        #: Of each module that has run, how many names its namespace had then, and the code, if it was ours to execute.
        self.made: dict[str, Made] = {}
        #: What ran in that execution, where functions are observed.
        self.runs: dict[str, Run] = {}
        #: Whether they are: reloading is on, and Python can tell.
        self.observes_functions = False
        #: Modules that were there before, each with what it was: see ``takeover.py``.
        self.taken_over: dict[str, Any] = {}
        #: Files of these that were others when they were imported, until a reload looks at them.
        self.outdated: list[str] = []
        #: Modules that their user has executed again since the last reload, by `importlib.reload` or after ``del sys.modules[name]``.
        self.ran_again: dict[str, ByHand] = {}
        #: What a reload may have to undo; None where nobody notes it. Another thread may set it at any time, so it is read once.
        self.journal: Journal | None = None
        #: The modules that a reload executes again in their own namespaces, while objects follow it; None where every import makes a
        #: module.
        self.reuse: Reuse | None = None
        #: Other names that modules were imported under.
        self.aliases: dict[str, set[str]] = {}
        #: Attributes that packages have for what their modules define, by package and attribute: the defining modules by package.
        self.links: dict[tuple[str, str], dict[str, str]] = {}
        #: Imports that the source does not show, until the graph is told: importer and imported, with the line.
        self.observed: dict[tuple[str, str], int] = {}
        #: The places of executions, counted for all loaders together.
        self.places = _places
        #: What prepares a module's namespace before its body runs, if anything does.
        self.prepare: Callable[[dict[str, Any]], object] | None = None
        #: This state and no other: one tuple for all modules that have the names of this loader alone.
        self.alone = (self,)
        catalog.before_scan = self.tell_engine
        catalog.on_drop = self.drop_links
        callbacks.real_name = catalog.real_name

    def close(self) -> None:
        """Lets go of everything."""
        self.catalog.close()
        self.kept.close()
        self.data.close()
        changes, self.changes = self.changes, Changes()
        self._ahead = ReadAhead(self._open_changes)
        changes.close()

    def forked(self) -> None:
        """In a forked child: ends the imports of threads that it does not have."""
        forget_other_threads(self.catalog.owns)
        forget_their_runs()

    # Files

    @property
    def code_cache(self) -> CodeCache | None:
        """Where code is kept between runs of Python, if anywhere."""
        path = self.catalog.settings.code_cache
        if path is None:
            return installed.shared
        if self._code_folder is None or self._code_folder.path != path:
            self._code_folder = CodeFolder(path)
        return self._code_folder

    @hidden
    def read(self, fullname: str, path: str) -> Source:
        """A module's source, which may have been read ahead. Raises OSError."""
        if not IN_PYODIDE:
            return read_source(path)
        source = self._ahead.take(path)
        if source is None:
            source = read_source(path)
            namespace = self.catalog.namespaces.get(fullname.rpartition(".")[0])
            if namespace is not None:
                directory = path.rpartition("/")[0]
                self._ahead.note(directory, (stem for stem, at in namespace.modules.items() if at == directory))
        return source

    def forget_file(self, path: str) -> None:
        """Lets go of what was read of a file that is gone: its hash, its code, and its lines."""
        self.digests.pop(path, None)
        self.codes.pop(path, None)
        linecache.cache.pop(path, None)

    def count_for(self, path: str) -> int:
        """The count of changes for which a file stays as it is, where somebody counts."""
        return self._open_changes().count_for(path)

    def _open_changes(self) -> Changes:
        if self.changes is UNOPENED:
            self.changes = count_changes()
        return self.changes

    # Executions

    def settle_declared(self, name: str, place: int, *, failed: bool) -> None:
        """Settles what a module keeps and which data files it depends on, now that an execution of it is over."""
        if failed:
            self.kept.failed(name, place)
            self.data.failed(name)
        else:
            self.kept.executed(name, place)
            self.data.executed(name)

    def forget_declared(self, name: str) -> None:
        """Lets go of what a module keeps and depends on, whose file is gone."""
        self.made.pop(name, None)
        self.kept.forget(name)
        self.data.forget(name)

    def tell_engine(self) -> None:
        """Tells the engine what was executed and observed since it was told last: one crossing for all imports.

        Under the lock, since who finds nothing to tell must not ask the engine before another thread has told it. What was told is
        forgotten last, as an interrupt may come at any line: to tell it twice does no harm.
        """
        with self.catalog.lock:
            journal = self.journal
            # The reload that is under way may yet fail, and then these were not executed.
            undecided = set() if journal is None else set(journal.imported)
            executed = {name: ran for name, ran in self.executed.copy().items() if name not in undecided}
            # The graph forgets what it was told of a module when it hears that this has run.
            undecided.update(bodies.copy().values())
            observed = [(pair, line) for pair, line in self.observed.copy().items() if pair[0] not in undecided]
            if executed:
                modules = []
                for name, (path, content, place, failed) in executed.items():
                    mtime, digest = (None, None) if content is None else (mtime_of(content[0]), content[1])
                    modules.append((name, mtime, digest, place, failed))
                    if path is not None and digest is not None:
                        self.digests[path] = digest
                self.catalog.engine.ask("mark_loaded", modules=modules)
                self._note_told(executed)
            if observed:
                self.catalog.engine.ask("observe", imports=sorted((*pair, line) for pair, line in observed))
                self.told_observed.update(observed)
            for name, ran in executed.items():
                if self.executed.get(name) is ran:
                    self.executed.pop(name, None)
            for pair, _ in observed:
                self.observed.pop(pair, None)

    def has_failed(self, name: str) -> bool:
        """Whether the last execution of a module has raised."""
        ran = self.executed.get(name) or self.told.get(name)
        return ran is not None and ran[3]

    def _note_told(self, executed: dict[str, Execution]) -> None:
        """Keeps what the engine was told, as it does: other code need not import what the code before was seen to import."""
        if self.told_observed:
            told = self.told
            changed = {name for name, ran in executed.items() if name in told and _digest(told[name]) != _digest(ran)}
            for pair in [pair for pair in self.told_observed if pair[0] in changed]:
                self.told_observed.pop(pair)
        self.told.update(executed)

    def arm(self, path: str, code: CodeType) -> None:
        """Observes the functions in a module's code from now on, unless that was begun when it ran before."""
        cached = self.codes.get(path)
        if cached is None or cached.code is not code:
            arm(code)
        elif not cached.is_armed:
            arm(code)
            cached.is_armed = True

    def note_run(self, name: str, run: Run, code: CodeType | None) -> None:
        """Notes that the body of a module has run through, and what it runs."""
        run.code = code
        run.ended = next(self.places)
        run.is_renewal = name in self.told
        self.runs[name] = run

    def note_patched(self, name: str, path: str | None, content: Content) -> None:
        """Notes that a module runs other code now, in the place of the execution that it is of. Its body is the same, and has imported
        what it was seen to import.
        """
        self.executed[name] = (path, content, self.ran[name], False)
        for pair, line in self.told_observed.items():
            if pair[0] == name:
                self.observed.setdefault(pair, line)

    def tell_again(self) -> None:
        """Tells an engine that knows of nothing yet what the one before was told. To be called under the lock."""
        there = {name: ran for name, ran in self.told.items() if self._is_there(name, ran)}
        for name, ran in there.items():
            self.executed.setdefault(name, ran)
        for pair, line in self.told_observed.items():
            if pair[0] in there:
                self.observed.setdefault(pair, line)
        self.tell_engine()

    def _is_there(self, name: str, ran: Execution) -> bool:
        """Whether a module is what an execution has made. Of a namespace nothing has run."""
        return name in sys.modules and not ran[3] and (ran[0] is None or self.ran.get(name) == ran[2])

    def renew_aliases(self, name: str) -> None:
        """Lets a module's other names mean the one that has run."""
        module = sys.modules.get(name)
        if module is not None:
            sys.modules.update((alias, module) for alias in self.aliases[name].copy() if alias in sys.modules)

    def loaded(self, name: str) -> None:
        """Tells those who want to know that a module has run."""
        module = sys.modules[name]
        journal = self.journal
        if journal is not None:
            journal.note_loaded(name, module)
        if self.on_load:
            self.callbacks.loaded(name, module)

    def is_importing(self) -> bool:
        """Whether one of the modules is being imported, in any thread: until its import statement is through."""
        return is_importing(self.catalog.owns)

    def drop_links(self) -> None:
        """Takes these attributes away again: after a scan one can stand for another module."""
        links, self.links = self.links, {}
        for (package, _), modules in links.items():
            modules.pop(package, None)

    # Observed imports

    def forget_observed(self, importers: set[str]) -> None:
        """Drops what was observed of some modules since the graph was told."""
        for pair in list(self.observed):
            if pair[0] in importers:
                self.observed.pop(pair, None)

    def say(self, text: str) -> None:
        """Writes a line of the log, if there is one."""
        log = self.catalog.settings.log
        if log is not None:
            log.say(text)


def _digest(ran: Execution) -> int | None:
    return None if ran[1] is None else ran[1][1]
