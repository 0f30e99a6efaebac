"""AutoLoader: all that users call, each method with what it takes and what it raises."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from itertools import compress
from types import ModuleType
from typing import Any, Self, TypeVar, get_args, overload

from pyautoload_wasm._base.arguments import StrPath, absolute_path, plain_text, shown
from pyautoload_wasm._base.frames import users_globals
from pyautoload_wasm._base.hiding import hidden_methods
from pyautoload_wasm._eager import OnError, Progress, check_policy
from pyautoload_wasm._imports.adoption import package_of
from pyautoload_wasm._imports.aliases import loaded_name
from pyautoload_wasm._processes import forks, spawned
from pyautoload_wasm._project.callbacks import ModuleCallback, ReloadCallback, checked, registering
from pyautoload_wasm._project.inflection import Inflect
from pyautoload_wasm._project.log import Log, LogDestination, writer
from pyautoload_wasm._project.settings import EventLoop, FlushMode, Library, ObjectsMode, Reloading, Schedule, Settings
from pyautoload_wasm._reload.automation import Hold
from pyautoload_wasm._reload.events import FileEvent, paths_of
from pyautoload_wasm._reload.marimo_state import Reloads, kernels, state_of_reloads
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._reload.turns import schedule_of
from pyautoload_wasm._reload.watch import require_watching
from pyautoload_wasm._results.project import Edge, Graph, Problem, Registry, Root, Shadowed, edge
from pyautoload_wasm._results.reports import EagerLoadReport, ReloadReport
from pyautoload_wasm._results.requirements import PackagesReport, Requirement
from pyautoload_wasm._session.handle import Handle
from pyautoload_wasm._session.joining import join, leave
from pyautoload_wasm._session.session import Session, overlap
from pyautoload_wasm._start.packages import load_packages
from pyautoload_wasm._start.profiling import Profile
from pyautoload_wasm.errors import (
    ConfigurationError,
    ReloadError,
    ReloadingDisabledError,
    SetupRequiredError,
)

C = TypeVar("C", bound=Callable[..., object])

#: The loaders that are set up, in the order in which they were. A loader stays set up though nobody else holds it.
_loaders: dict[AutoLoader, None] = {}
#: What to call with each loader that is set up, and again when it begins to reload: a notebook takes charge of it.
hosts: list[Callable[[AutoLoader], object]] = []
_MARKS = bytes.maketrans(b"01", b"\0\1")


@hidden_methods
class AutoLoader:
    """Autoloads the modules below some directories.

    ``base_path`` is a directory or several of them, ``top_level`` the dotted name that they stand for; without it their files
    are top-level modules. With ``allow_shadowing`` those may shadow the standard library and installed distributions.
    With ``strict`` a file that does not define the attribute that its name announces cannot be imported.
    ``code_cache`` is a folder in which compiled code is kept, by the hash of its source; it is made when it is needed.

    Methods that configure a loader return it, so that calls chain.

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
        code_cache: StrPath | None = None,
    ) -> None:
        self._handle = Handle(Settings(allow_shadowing=allow_shadowing, strict=strict, code_cache=code_cache))
        for path in _paths(base_path):
            self.push_dir(path, namespace=top_level)

    @classmethod
    def for_package(cls, file: StrPath, *, strict: bool = False, warn_on_extra_files: bool = True) -> Self:
        """A loader for the package whose ``__init__.py`` calls this, as ``AutoLoader.for_package(__file__).setup()``. Called again
        from the same file, as by ``importlib.reload``, the new loader takes the place of the earlier one.

        With ``warn_on_extra_files`` the set-up warns of files that cannot be imported, and of folders of modules without an
        ``__init__.py``.

        Raises ConfigurationError for a file that is no package's ``__init__.py``.
        """
        path, package = package_of(file)
        for other in cls.loaders():
            library = other._settings.library
            if library is not None and library.package.__file__ == package.__file__:
                other.teardown()
        loader = cls(os.path.dirname(path), package.__name__, strict=strict)
        loader._settings.library = Library(package, warn_on_extra_files)
        return loader

    # Before the set-up

    def push_dir(self, path: StrPath, namespace: str | None = None) -> Self:
        """Adds a root: a directory and the dotted name that it stands for; without one, its files are top-level modules.

        Raises ConfigurationError where there is no such directory, the name cannot be imported, or the directory is a root.
        """
        self._require_configurable("push_dir()")
        self._settings.push_dir(path, namespace)
        return self

    def ignore(self, *globs: StrPath) -> Self:
        """Leaves out files and directories. A glob is a line of a ``.gitignore``, and the last one that matches decides: without a
        slash it names an entry at any depth, with one it counts from each root (``/dist``, ``gen/*.py``), one at its end means
        directories only, and ``!`` takes back in. The absolute path of something in a root is taken as well.

        Raises ConfigurationError for what is no glob, with the position, and for what no path can match.
        """
        self._require_configurable("ignore()")
        self._settings.add_globs("ignore", globs)
        return self

    def collapse(self, *globs: StrPath) -> Self:
        """Lets directories add no name: their modules count as those of the directory above. Globs as for `ignore`."""
        self._require_configurable("collapse()")
        self._settings.add_globs("collapse", globs)
        return self

    def inflect(self, attributes: Mapping[str, str]) -> Self:
        """Sets the attribute names of exact stems: ``{"html_parser": "HTMLParser"}``.

        Raises ConfigurationError where either is no name. The set-up warns where `inflector` makes this ineffective.
        """
        self._require_configurable("inflect()")
        self._settings.inflect(attributes)
        return self

    def acronym(self, *words: str) -> Self:
        """Sets how words are written in attribute names, everywhere: ``"API", "GraphQL"``.

        Raises ConfigurationError for what is not one word of letters and digits. The set-up warns where `inflector` makes this
        ineffective.
        """
        self._require_configurable("acronym()")
        self._settings.acronym(words)
        return self

    @property
    def inflector(self) -> Inflect:
        """Who decides what attribute a file is expected to define: called with a stem and a path, it returns the attribute, or None
        where none is expected. Any callable can take its place before `setup`; it is asked for all modules after each scan.

        Raises ConfigurationError for what cannot be called.
        """
        return self._settings.inflector

    @inflector.setter
    def inflector(self, inflect: Inflect) -> None:
        self._require_configurable("inflector = …")
        self._settings.set_inflector(inflect)

    @property
    def tag(self) -> str:
        """What the log calls this loader: the first root's name, unless another word is assigned."""
        return self._settings.tag

    @tag.setter
    def tag(self, tag: str) -> None:
        self._settings.tag = tag
        if self._session is not None:
            self._session.settings.tag = tag

    def log(self, to: LogDestination = True) -> Self:
        """Writes every decision down: what is scanned, autoloaded, shadowed, ignored, loaded, failed. ``to`` is a logger, which gets
        lines as DEBUG, or a callable such as print; without it, they go to the logger "pyautoload_wasm" and, where nobody has
        configured logging, to stderr. ``log(False)`` ends it. At any time.

        Raises ConfigurationError for another argument.
        """
        write = writer(to)
        self._settings.log = None if write is None else Log(write, lambda: self.tag)
        if self._session is not None:
            self._session.renew_log()
        return self

    def implicit_names(self, namespace: dict[str, Any] | None = None) -> Self:
        """Lets undefined bare names, such as ``User``, resolve by autoloading: without an argument in this loader's modules, to be
        called before `setup`; with a namespace, such as a notebook's ``globals()``, in the code that runs there from now on.

        The modules of the nearest namespace come first, then those further out; in a notebook, those of the roots. Every use of a
        builtin in such a module costs three times as much, so it is off unless you call this.

        Raises ConfigurationError for what is no namespace.
        """
        if namespace is None:
            self._require_configurable("implicit_names()")
            self._settings.implicit_names = True
            return self
        if type(namespace) is not dict:
            raise ConfigurationError(f"implicit_names({shown(namespace)}): expected globals(), or no argument")
        namespaces = self._settings.implicit_namespaces
        if not any(known is namespace for known in namespaces):
            namespaces.append(namespace)
            if self._session is not None:
                self._session.hand_over(namespace)
        return self

    # Set-up and teardown

    def setup(self) -> Self:
        """Scans the roots and installs the finder. Where another loader of the same namespace and folder is set up, this is one more
        handle on what is there already: other settings are applied, and what is loaded stays loaded. An earlier loader that code
        with the same globals has set up, such as the same notebook's, gives way to this one. A loader that is set up is left alone.

        Raises ConfigurationError without a root, ConflictError for roots that overlap others of another loader, AutoloadError where a
        root cannot be read. Nothing is installed then.
        """
        self._set_up(users_globals())
        self._tell_hosts()
        return self

    def _set_up(self, namespace: dict[str, Any] | None) -> None:
        """Sets up for the code that has some globals; for code that nobody takes the place of without any."""
        for other in self.loaders():
            if other._settings.stands_in and overlap(other._settings.roots, self._settings.roots):
                other.unregister()
        if join(self._handle, namespace):
            for other in [other for other in list(_loaders) if other._session is None]:
                _loaders.pop(other, None)  # its place was taken
            _loaders[self] = None
            spawned.tell_children()
            session = self._session
            if session is not None:  # another thread may have taken it down
                session.audience.set_up(list(self._handle.callbacks.on_setup))

    def teardown(self) -> Self:
        """Removes the finder, and from ``sys.modules`` what it brought in. Before that `on_unload` is called for each module,
        importers first. What other loaders have in a shared namespace stays. A loader that is not set up is left alone; where
        another one of the same namespace and folder is set up, only this one's callbacks, tracked namespaces and holds go.
        """
        self._close(keeps_modules=False)
        return self

    def unregister(self) -> Self:
        """Removes the finder, and leaves what is loaded as it is: nothing more is autoloaded. A loader that is not set up is left
        alone.
        """
        self._close(keeps_modules=True)
        return self

    def _close(self, *, keeps_modules: bool) -> None:
        if leave(self._handle, keeps_modules=keeps_modules):
            _loaders.pop(self, None)
            spawned.tell_children()

    def __enter__(self) -> Self:
        return self.setup()

    def __exit__(self, *error: object) -> None:
        self.teardown()

    @classmethod
    def loaders(cls) -> tuple[AutoLoader, ...]:
        """The loaders that are set up, in the order in which they were."""
        return tuple(loader for loader in list(_loaders) if loader._session is not None)

    # What there is

    @property
    def registry(self) -> Registry:
        """All modules: a read-only mapping of names to records. Raises SetupRequiredError, as what follows does."""
        session = self._require_setup("registry")
        return Registry(self._settings.engine, session.state.tell_engine)

    @property
    def roots(self) -> tuple[Root, ...]:
        """The roots, first root first. At any time."""
        return tuple(self._settings.roots)

    def module_name_at(self, path: StrPath) -> str | None:
        """The name of the module that a file or a directory is; None where it is not managed."""
        self._require_setup("module_name_at()")
        return self._settings.engine.ask("module_names_at", paths=[absolute_path(path, "module_name_at()")])[0]

    def expected_names(self) -> dict[str, str]:
        """The module name of each managed file, and of each directory that is a namespace package."""
        self._require_setup("expected_names()")
        return self._settings.engine.ask("expected_names")

    def shadowed(self) -> list[Shadowed]:
        """Files that are never executed, because another one has their name: of this loader, or of one that was set up before it."""
        session = self._require_setup("shadowed()")
        problems = self._settings.engine.ask("problems")
        shadowed = [
            Shadowed(p["path"], p["name"], p["by"])
            for p in problems
            if p["kind"] == "shadowed" and p["name"] and p["by"]
        ]
        ours = {name: path for path, name in self.expected_names().items() if path.endswith(".py")}
        for other in session.sessions_before():
            for path, name in other.catalog.engine.ask("expected_names").items():
                if name in ours and path.endswith(".py"):
                    shadowed.append(Shadowed(ours.pop(name), name, path))
        return sorted(shadowed)

    # Who imports whom

    def dependencies(self, name: str, *, transitive: bool = False) -> list[str]:
        """The modules that a module imports, sorted: the direct ones, or all that it reaches. Read from the source, and from imports
        that were observed; what only type checkers see is left out.
        """
        return self._marked("dependencies", name=plain_text(name, "dependencies()"), transitive=transitive)

    def dependents(self, name: str, *, transitive: bool = False) -> list[str]:
        """The modules that import a module, sorted: the direct ones, or all that reach it."""
        return self._marked("dependents", name=plain_text(name, "dependents()"), transitive=transitive)

    def cycles(self) -> list[list[Edge]]:
        """Groups of modules that import each other while they are imported, each as a chain that comes back to its start."""
        return [[edge(step) for step in cycle] for cycle in self._ask("cycles")]

    def why(self, importer: str, imported: str) -> list[Edge]:
        """The shortest chain of imports from one module to another; empty where there is none."""
        names = {"importer": plain_text(importer, "why()"), "imported": plain_text(imported, "why()")}
        return [edge(step) for step in self._ask("why", **names)]

    def graph(self) -> Graph:
        """The whole import graph, as plain data."""
        plain = self._ask("graph")
        return Graph(tuple(plain["nodes"]), tuple(edge(step) for step in plain["edges"]))

    def check(self) -> list[Problem]:
        """What is wrong with the project, by file and line, found without running any of it."""
        problems = [Problem(**problem) for problem in self._ask("check")]
        problems += self._require_setup("check()").requirements.problems()
        return sorted(problems, key=lambda problem: (problem.path, problem.line or 0))

    # Packages of others

    def requirements(self) -> list[Requirement]:
        """The packages that the modules import and that are neither the project's nor the standard library's, by name; after them the
        distributions that are declared and of which no import is known. Read from the sources, without running any.

        A distribution is known from Pyodide's lock file, from what is installed, or from a declaration under the package's own name:
        in pyproject.toml, requirements.txt, or the comment of a script (PEP 723).

        Raises ConfigurationError for a declaration that cannot be understood.
        """
        return self._require_setup("requirements()").requirements.all()

    async def load_packages(self, *, guarded: bool = False, progress: Progress | None = None) -> PackagesReport:
        """Loads what `requirements` says is missing, in Pyodide: what its lock file has in one go, and what is declared beyond that by
        micropip. With ``guarded`` also what is imported in a ``try`` that catches its failure. ``progress`` is a callable (done,
        total, name).

        Raises ConfigurationError for a declaration that cannot be understood; AutoloadError where something cannot be loaded, and
        outside of Pyodide, where installing is pip's task.
        """
        requirements = self._require_setup("load_packages()").requirements.all()
        return await load_packages(requirements, guarded=guarded, progress=progress)

    def load_packages_on_import(self) -> Self:
        """From now on an import of a package that is not there, by whatever code, loads it in Pyodide if its lock file has it. Python
        waits for that, so the browser needs JSPI, and the code has to be started by `runPythonAsync` or the like. Elsewhere the
        import fails as without it.

        Raises ConfigurationError outside of Pyodide, SetupRequiredError before `setup`.
        """
        self._require_setup("load_packages_on_import()").requirements.load_on_import()
        return self

    # Eager loading

    def eager_load(
        self, *, force: bool = False, progress: Progress | bool | None = None, on_error: OnError = "log"
    ) -> EagerLoadReport:
        """Imports all modules, what each imports before it. With ``force`` also those of `do_not_eager_load`.

        ``progress`` is a callable (done, total, name), or True for a bar. ``on_error`` says what happens where a module raises:
        "log" it and go on, "collect" it in the report alone, or "raise" it.

        Raises SetupRequiredError before `setup`, ConfigurationError for another ``on_error``.
        """
        session = self._require_setup("eager_load()")
        return session.eager.load_all(force=force, progress=progress, on_error=on_error)

    async def eager_load_async(
        self, *, force: bool = False, progress: Progress | bool | None = None, on_error: OnError = "log"
    ) -> EagerLoadReport:
        """Imports all modules as `eager_load` does, and lets the event loop take a turn every few milliseconds, so that a page goes on
        being drawn and a server goes on answering. A single module is not interrupted. Cancelling the task ends it between two
        modules; those that are loaded stay loaded. Changed files may be reloaded meanwhile, and what goes away is left out.

        Raises what `eager_load` raises, and SetupRequiredError where the loader is torn down meanwhile.
        """
        session = self._require_setup("eager_load_async()")
        return await session.eager.load_all_async(force=force, progress=progress, on_error=on_error)

    def eager_load_dir(
        self,
        path: StrPath,
        *,
        force: bool = False,
        progress: Progress | bool | None = None,
        on_error: OnError = "log",
    ) -> EagerLoadReport:
        """Imports the modules below a directory, as `eager_load` does; not those of another root in it.

        Raises ConfigurationError for what is no directory of this loader's roots.
        """
        session = self._require_setup("eager_load_dir()")
        return session.eager.load_dir(path, force=force, progress=progress, on_error=on_error)

    def eager_load_namespace(
        self,
        namespace: str | ModuleType,
        *,
        force: bool = False,
        progress: Progress | bool | None = None,
        on_error: OnError = "log",
    ) -> EagerLoadReport:
        """Imports what this loader has of a namespace, a dotted name or a package, from whatever roots; nothing where it has
        nothing of it.

        Raises ConfigurationError for what is neither.
        """
        session = self._require_setup("eager_load_namespace()")
        return session.eager.load_namespace(namespace, force=force, progress=progress, on_error=on_error)

    @classmethod
    def eager_load_all(
        cls,
        namespace: str | ModuleType | None = None,
        *,
        progress: Progress | bool | None = None,
        on_error: OnError = "log",
    ) -> EagerLoadReport:
        """Imports the modules of all loaders that are set up, or what they have of a namespace. What they leave out of eager loading
        stays left out: it is not for others to force.

        Raises ConfigurationError for another ``on_error``.
        """
        check_policy(on_error)
        whole = EagerLoadReport()
        for loader in {loader._session: loader for loader in cls.loaders()}.values():
            if namespace is None:
                whole.add(loader.eager_load(progress=progress, on_error=on_error))
            else:
                whole.add(loader.eager_load_namespace(namespace, progress=progress, on_error=on_error))
        return whole

    def do_not_eager_load(self, *globs: StrPath) -> Self:
        """Leaves files and directories out of eager loading; they are autoloaded as ever. Globs as for `ignore`, and at any time.

        Raises ConfigurationError for what is no glob, with the position.
        """
        self._handle.add_globs("do_not_eager_load", globs)
        return self

    def load_file(self, path: StrPath) -> ModuleType:
        """Imports the module of a file, and returns it.

        Raises ConfigurationError for a path that is no module of this loader, with the reason, and what the file raises.
        """
        return self._require_setup("load_file()").eager.load_file(path)

    # Where the time goes

    def profile(self) -> Profile:
        """Measures all imports from now on, of this loader's modules and of others, until ``stop()`` of what it returns, or for a
        ``with`` block: the time of each module, split into finding, reading, compiling or unmarshalling, and executing it.

        Raises ConfigurationError while another profile is under way.
        """
        return Profile()

    # Reloading

    def enable_reloading(
        self, watch: bool | None = None, *, flush: FlushMode | None = None, objects: ObjectsMode | None = None
    ) -> Self:
        """From now on takes events of changed files. Before or after `setup`.

        With ``watch`` the files are watched: in Pyodide unless told otherwise, elsewhere on demand, by watchfiles (``pip install
        pyautoload_wasm[watch]``). With ``flush="auto"`` events are applied on a turn of the event loop: in Pyodide of its own,
        elsewhere of the one that `reload_in` names; without one, when the program calls `flush`. With ``"thread"`` the thread that
        watches applies them, so that modules run there; in Pyodide that is as "auto". Neither does so during an import, a reload or
        a `hold`. With ``"manual"`` only `flush` applies them.

        With ``objects="follow"``, as in notebooks unless told otherwise, what was made before a reload follows it. Old functions run
        the new code, instances get the new class, and where somebody holds an old function or class, it becomes the new one. A module
        stays the same object; while its file is executed again, other threads find in it what has been defined by then. With
        ``"stay"``, which is the default elsewhere, old objects stay as they are.

        Raises ConfigurationError for other arguments and where watchfiles is missing, AutoloadError where folders cannot be watched.
        """
        if not any(watch is one for one in (None, True, False)):
            raise ConfigurationError(f"enable_reloading(watch={shown(watch)}): expected True, False or None")
        if flush is not None and not (isinstance(flush, str) and flush in get_args(FlushMode)):
            raise ConfigurationError(f"enable_reloading(flush={shown(flush)}): expected 'auto', 'thread' or 'manual'")
        if objects is not None and not (isinstance(objects, str) and objects in get_args(ObjectsMode)):
            raise ConfigurationError(f"enable_reloading(objects={shown(objects)}): expected 'follow' or 'stay'")
        if watch:
            require_watching()
        before = self._settings.reloading
        wanted = Reloading(
            True,
            before.watches if watch is None else watch,
            flush or before.flush,
            before.schedule,
            objects or before.objects,
        )
        return self._set_reloading(wanted)

    def reload_in(self, loop: EventLoop | Schedule | None = None) -> Self:
        """From now on events are applied on turns of an event loop, between what else runs there, so that modules run in its thread:
        an asyncio loop, or the one that runs the calling code. For other loops, a function that takes a function, has it called
        there, and may be called in any thread, such as trio's ``token.run_sync_soon``. In Pyodide its own loop does it all the same.

        Raises ConfigurationError for what is neither, and where no loop runs; ReloadingDisabledError without `enable_reloading`.
        """
        if not self._settings.reloading.is_enabled:
            raise ReloadingDisabledError("reload_in() needs reloading: call enable_reloading() first")
        return self._set_reloading(self._settings.reloading._replace(schedule=schedule_of(loop)))

    def unwatch(self) -> Self:
        """Ends the watching. Events that come by `notify` are taken as before."""
        return self._set_reloading(self._settings.reloading._replace(watches=False))

    @property
    def reloading_enabled(self) -> bool:
        """Whether the loader is set up and takes events. At any time."""
        return self._session is not None and self._settings.reloading.is_enabled

    def hold(self) -> Hold:
        """Keeps automatic flushes off until ``release()`` of what it returns, or for a ``with`` block, so that nobody's modules change
        in the middle of a run that awaits. Waits for one that is under way in another thread, unless this thread is importing.
        """
        return Hold(self._handle.holds)

    def do_not_reload(self, *globs: StrPath) -> Self:
        """Leaves modules as they are, whatever happens to their files: those that hold state. Globs as for `ignore`.

        Raises ConfigurationError for what is no glob, with the position.
        """
        self._handle.add_globs("do_not_reload", globs)
        return self

    def track(self, namespace: dict[str, Any], *, source: str | None = None) -> Self:
        """Keeps the names of a namespace current, such as a notebook's ``globals()``: a name that an import has brought is bound to
        what this import would bring now, as long as nobody has bound it to something else.

        ``source`` is the text of a cell that has run there or is about to, one a call: its import statements tell which name came
        from where. Where no source is told, the objects tell: modules, functions and classes follow, and another value under the name
        that it has in the one module that defines it.

        Raises ConfigurationError for what is no dict, and a source that is no text.
        """
        self._handle.tracking.add(namespace, source)
        return self

    def untrack(self, namespace: dict[str, Any]) -> Self:
        """Ends what `track` began."""
        self._handle.tracking.remove(namespace)
        return self

    def notify(self, *changes: StrPath | FileEvent | Iterable[StrPath | FileEvent]) -> Self:
        """Notes that files or directories have changed, in whatever way; what has become of them is looked up when `flush` applies
        that. Each change is a path, or an event such as ``{"kind": "renamed", "path": "/a.py", "to": "/b.py"}``; a list of them is
        taken as well. A relative path counts from the working directory.

        Raises ConfigurationError for what is neither, and then notes nothing; ReloadingDisabledError without `enable_reloading`.
        """
        self._require_reloader("notify()").mark(paths_of(changes))
        return self

    def flush(self) -> ReloadReport:
        """Applies all events since the last flush. What fails is in the report, and runs its old code until it can be reloaded. While
        a module is being imported, in any thread, or another flush is under way, the events wait, and the report says so.

        Raises ReloadingDisabledError without `enable_reloading`, AutoloadError where a root cannot be read.
        """
        return self._require_reloader("flush()").flush()

    def reload(self) -> ReloadReport:
        """Looks at all files for changes that nobody reported, by content, applies them, and tries again what has failed before. Where
        that has to wait, as for `flush`, the next flush does it.

        Raises what `flush` raises.
        """
        return self._require_reloader("reload()").flush(rescan=True)

    def reload_module(self, name: str, *, fresh: bool = False) -> ReloadReport:
        """Reloads one loaded module, and what imports it. Where that has to wait, as for `flush`, the next flush does it. With
        ``fresh`` it makes anew what it keeps by `once`.

        Raises ReloadError for a module that is not loaded, and what `flush` raises.
        """
        reloader = self._require_reloader("reload_module()")
        name = plain_text(name, "reload_module()")
        state = self._require_setup("reload_module()").state
        real = loaded_name(state, name)
        if real is None:
            raise ReloadError(f"{name!r} is not loaded by this loader: import it first, or correct the name", name=name)
        if fresh:
            state.kept.want_fresh(real)
        return reloader.flush(forced=[real])

    # Callbacks

    def on_setup(self, callback: C) -> C:
        """Calls a function without arguments after each `setup`; now, if that is done. Also as a decorator."""
        self._handle.callbacks.add("on_setup", checked(callback, "on_setup"))
        if self._session is not None:
            self._session.audience.set_up([callback])
        return callback

    @overload
    def on_load(self, name: str | None = None) -> Callable[[C], C]: ...
    @overload
    def on_load(self, name: C) -> C: ...
    def on_load(self, name: str | ModuleCallback | None = None) -> Any:
        """Calls a function (name, module) after a module has run: one module, named as any import may name it, or each. Also as a
        decorator, with or without a name.

        Raises ConfigurationError for a name that no module can have.
        """
        return registering(self._handle.callbacks, "on_load", name)

    @overload
    def on_unload(self, name: str | None = None) -> Callable[[C], C]: ...
    @overload
    def on_unload(self, name: C) -> C: ...
    def on_unload(self, name: str | ModuleCallback | None = None) -> Any:
        """Calls a function (name, module) before a module leaves ``sys.modules``, in a reload or a `teardown`: one module, or each.
        Also as a decorator. Where a reload fails, it is called for the new modules, and `on_load` for the old ones that return.

        Raises ConfigurationError for a name that no module can have.
        """
        return registering(self._handle.callbacks, "on_unload", name)

    def on_reload(self, callback: ReloadCallback) -> ReloadCallback:
        """Calls a function with the report after each flush that had something to do. Also as a decorator."""
        self._handle.callbacks.add("on_reload", checked(callback, "on_reload"))
        return callback

    def reloads(self) -> Reloads:
        """In a cell of a marimo notebook: a state that is the report of the last reload. Cells that call it, under the name that it
        gets here, run again after each reload, with all that depends on them. On a desktop reloads happen on turns of the kernel's
        event loop from now on.

        Raises ConfigurationError outside of marimo, ReloadingDisabledError without `enable_reloading`.

        >>> reloads = loader.reloads()  # doctest: +SKIP
        """
        if not self._settings.reloading.is_enabled:
            raise ReloadingDisabledError("reloads() needs reloading: call enable_reloading() first")
        state, tell = state_of_reloads()
        if tell is not None:
            self._handle.callbacks.tell_cells(tell)
            self.reload_in(kernels)
        return state

    def remove_callback(self, callback: Callable[..., object]) -> Self:
        """Calls a function no longer, whatever it was registered for. One that is not registered is left alone."""
        self._handle.callbacks.remove(callback)
        return self

    def __repr__(self) -> str:
        roots = ", ".join(f"{root.path} as {root.namespace or 'the top level'}" for root in self.roots)
        return f"<AutoLoader of {roots or 'no roots'}{'' if self._session else ', not set up'}>"

    # Within

    @property
    def _settings(self) -> Settings:
        return self._handle.settings

    @property
    def _session(self) -> Session | None:
        session: Session | None = self._handle.session
        return session

    def _ask(self, request: str, **arguments: Any) -> Any:
        """Puts a request to the engine, which knows of all imports up to now."""
        self._require_setup(f"{request}()").state.tell_engine()
        return self._settings.engine.ask_plainly(request, **arguments)

    def _marked(self, request: str, **arguments: Any) -> list[str]:
        """The names that the engine marks, in their order."""
        marks: str = self._ask(request, **arguments)
        names = self._require_setup(request).catalog.sorted_names()
        return list(compress(names, marks.encode().translate(_MARKS)))

    def _set_reloading(self, reloading: Reloading) -> Self:
        before, self._settings.reloading = self._settings.reloading, reloading
        try:
            if self._session is not None:
                self._session.start_reloading()
        except BaseException:
            self._settings.reloading = before
            raise
        self._tell_hosts()
        return self

    def _tell_hosts(self) -> None:
        for host in hosts:
            host(self)

    def _require_configurable(self, call: str) -> None:
        if self._session is not None or self._handle.joining is not None:
            raise ConfigurationError(
                f"{call} after setup(): configure a loader before setup(), or call teardown() first"
            )

    def _require_setup(self, call: str) -> Session:
        if self._session is None:
            raise SetupRequiredError(f"{call} needs a loader that is set up: call setup() first")
        return self._session

    def _require_reloader(self, call: str) -> Reloader:
        if not self._settings.reloading.is_enabled:
            raise ReloadingDisabledError(f"{call} needs reloading: call enable_reloading() first")
        session = self._require_setup(call)
        session.start_reloading()
        assert session.reloader is not None
        return session.reloader


def _set_up(settings: Settings) -> AutoLoader:
    """A loader that stands in for one of the parent process, set up."""
    loader = AutoLoader()
    loader._handle = Handle(settings)
    loader._set_up(None)
    return loader


spawned.prepare(_set_up)
forks.prepare()


def _paths(base_path: StrPath | Iterable[StrPath] | None) -> list[StrPath]:
    """The base paths, whether one or several are given. What is neither is left to `push_dir` to refuse."""
    if base_path is None:
        return []
    if isinstance(base_path, str | os.PathLike):
        return [base_path]
    try:
        return list(base_path)
    except TypeError:
        return [base_path]  # type: ignore[list-item]
