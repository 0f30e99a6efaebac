"""What executes a module once the finder has found it: source files, and namespace packages.

Code objects are cached. A file whose status is the one that it was compiled under is executed again without being read; in Pyodide
that makes an import eight times cheaper, as the status is not asked for either while nothing changes in memory (``changes.py``). A
status is trusted only when the file had not been touched for a while when it was read, since quick edits leave time and size as they
were.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, NamespaceLoader, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, cast

from pyautoload_wasm._base.hiding import hidden, hidden_call
from pyautoload_wasm._diagnosis.cycles import explain_cycle, missing_attribute, own_spec
from pyautoload_wasm._diagnosis.names import file_is_gone, lines_that_import, name_mismatch, unregistered_file
from pyautoload_wasm._imports import observation
from pyautoload_wasm._imports.aliases import hidden_import
from pyautoload_wasm._imports.code_cache import digest_of
from pyautoload_wasm._imports.files import is_settled, status_of
from pyautoload_wasm._imports.packages import UNSETTLED, AliasedPackage, LazyPackage, Package, settle
from pyautoload_wasm._imports.ran import Run, begin, end
from pyautoload_wasm._imports.state import CachedCode, Content, LoadState, bodies
from pyautoload_wasm.errors import AutoloadWarning

#: Whether modules say where their bytecode is: up to Python 3.14.
_HAVE_CACHED = sys.version_info < (3, 15)


class _Executor:
    """What happens around the execution of a module's file, whoever executes it."""

    name: str
    path: str
    state: LoadState
    #: What was read of the file when it was executed last.
    _content: Content | None = None
    #: The code that was executed last, if its functions are observed.
    _code: CodeType | None = None

    def _run(self, module: ModuleType) -> None:
        raise NotImplementedError

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Runs the module's body. An import cycle that fails in it is explained, and so is a file that Python cannot see."""
        state, name = self.state, self.name
        settings = state.catalog.settings
        if state.observed and name in state.executed:
            state.forget_observed({name})  # What one execution has observed is not what the next one does.
        self._content = None
        place = next(state.places)
        run = Run() if state.observes_functions else None
        try:
            try:
                bodies[place] = name
                if run is not None:
                    begin(run)
                if not observation.is_watching:
                    observation.watch()
                if state.prepare is not None:
                    state.prepare(module.__dict__)
                self._run(module)
                if settings.strict:
                    mismatch = name_mismatch(state.catalog.engine, name, self.path)
                    if mismatch is not None:
                        raise mismatch
            except (ImportError, AttributeError) as error:
                if self._has_another_file(error):
                    sys.modules.pop(name, None)
                    hidden_import(name)  # importlib takes the module from there
                    return
                circular = explain_cycle(error, state.catalog)
                self._note_failure(module, place, error if circular is None else circular)
                if circular is not None:
                    raise circular.with_traceback(error.__traceback__) from None
                self._note_unregistered(error)
                raise
            except BaseException as error:
                self._note_failure(module, place, error)
                raise
            finally:
                if run is not None:
                    end(run)
                bodies.pop(place, None)
        finally:  # once more, where an interrupt has come before that
            if place in bodies:
                if run is not None:
                    end(run)
                del bodies[place]
        self._note_success(module, place, run)

    @hidden
    def _note_success(self, module: ModuleType, place: int, run: Run | None) -> None:
        """Notes that the body has run through, and tells those who want to know."""
        state, name = self.state, self.name
        if UNSETTLED is not Package:
            settle(module)
        if name in state.ran:  # nobody has taken it out but its user
            state.ran_again[name] = place, id(sys.modules.get(name)), (*bodies.values(),) if bodies else ()
            if name in state.aliases:
                state.renew_aliases(name)
        state.ran[name] = place
        cached = state.codes.get(self.path)
        state.made[name] = len(module.__dict__), None if cached is None else cached.code
        if state.has_declared:
            state.settle_declared(name, place, failed=False)
        if run is not None:
            state.note_run(name, run, self._code)
            self._code = None  # a spec may outlive the module
        state.executed[name] = (self.path, self._content, place, False)
        if state.on_load or state.journal is not None:
            state.loaded(name)
        if state.catalog.settings.log is not None:
            state.say(f"{name} loaded from {self.path}")

    def _has_another_file(self, error: BaseException) -> bool:
        """Whether an import has failed since the file is gone, and now another one has the module's name: `user.py` has become
        `user/__init__.py`.
        """
        if not isinstance(error, ModuleNotFoundError) or (error.name, error.path) != (self.name, self.path):
            return False
        catalog = self.state.catalog
        catalog.scan()
        record = catalog.engine.ask("record", name=self.name)
        return record is not None and record["path"] != self.path

    def _note_failure(self, module: ModuleType, place: int, error: BaseException) -> None:
        state = self.state
        if state.has_declared:
            state.settle_declared(self.name, place, failed=True)
        state.runs.pop(self.name, None)  # Where the module stays, it is half of each version.
        # `importlib.reload` leaves a module where it was, and then it was executed last when that went well.
        if self.name not in state.ran or observation.is_being_imported(module.__spec__):
            state.executed[self.name] = (self.path, self._content, place, True)
        journal = state.journal
        if journal is not None:
            journal.note_failure(self.name, module, error)
        if state.catalog.settings.log is not None:
            state.say(f"{self.name} failed, from {self.path}: {type(error).__name__}: {error}")

    def _note_unregistered(self, error: BaseException) -> None:
        """Adds to an error about a missing attribute that the user's file of that name is another module."""
        files = self.state.catalog.unregistered_files()
        missing = missing_attribute(error) if files else None
        if missing is not None and missing.module.__name__ in files:
            note = unregistered_file(files[missing.module.__name__], missing.module.__name__)
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)


class SourceLoader(_Executor, SourceFileLoader):  # type: ignore[misc] # typeshed's own bases of the latter disagree
    """Executes a source file."""

    def __init__(self, fullname: str, path: str, state: LoadState) -> None:
        self.name = fullname
        self.path = path
        self.state = state

    @hidden
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """An ordinary module, with what importlib would look for in it, and set after that."""
        reuse = self.state.reuse
        module = ModuleType(spec.name) if reuse is None else reuse.module(spec.name, ModuleType)
        namespace = module.__dict__
        namespace["__file__"] = spec.origin
        if _HAVE_CACHED:
            namespace["__cached__"] = spec.cached
        return module

    @hidden
    def get_code(self, fullname: str) -> CodeType:
        """The code object: cached, from bytecode, or compiled."""
        path = self.path
        state = self.state
        cached = state.codes.get(path)
        try:
            if cached is not None and (
                path in state.pinned or cached.as_of == state.changes.count[0] or self._is_unchanged(cached)
            ):
                self._content = cached.content
                return cached.code
            source, status = state.read(self.name, path)
        except FileNotFoundError:
            raise file_is_gone(self.name, path) from None
        self._content = content = status, digest_of(source)
        if cached is not None and cached.digest == content[1]:
            return self._cache(cached.code, content)
        if sys.dont_write_bytecode or state.code_cache is not None or not is_settled(status):
            return self.compile(source, content)
        code = cast("CodeType", super().get_code(fullname))  # a source file always has code
        self._warn_of_unregistered(code)
        return self._cache(code, content)

    @hidden
    def _is_unchanged(self, cached: CachedCode) -> bool:
        """Whether the file is the one that was compiled. Where somebody counts changes, it is not looked at again before the next."""
        if not cached.is_settled or cached.status != status_of(self.path):
            return False
        cached.as_of = self.state.count_for(self.path)
        return True

    @hidden
    def compile(self, source: bytes, content: Content) -> CodeType:
        """Compiles what was read of the file, unless the code cache has it. Raises what the compiler raises."""
        cache = self.state.code_cache
        code = None if cache is None else cache.find(content[1], self.path)
        if code is None:
            code = self.source_to_code(source, self.path)
            if cache is not None:
                cache.add(content[1], code)
        self._warn_of_unregistered(code)
        return self._cache(code, content)

    def _cache(self, code: CodeType, content: Content) -> CodeType:
        self.state.codes[self.path] = CachedCode(code, content)
        return code

    @hidden_call
    def _run(self, module: ModuleType) -> None:
        code = self.get_code(self.name)
        if self.state.observes_functions:
            self._code = code
            self.state.arm(self.path, code)
        exec(code, module.__dict__)

    def _warn_of_unregistered(self, code: CodeType) -> None:
        """Warns where the module imports a name that a file of the user has in vain.

        A warning, at the line of the import, since the import itself succeeds: nothing else of ours runs when it hurts, unless it
        does so while a module is imported (`_note_unregistered`). Changing the other module, or an exception hook, would be felt by
        everybody.
        """
        catalog = self.state.catalog
        files = catalog.unregistered_files()
        if files:
            for stem, line in lines_that_import(catalog.engine, code, self.path, files).items():
                warnings.warn_explicit(
                    unregistered_file(files[stem], stem), AutoloadWarning, self.path, line, self.name
                )

    def __repr__(self) -> str:
        return f"<pyautoload_wasm's loader of {self.name} from {self.path}>"


class PackageLoader(SourceLoader):
    """Executes the source file of a package."""

    @hidden
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """A package of our own type."""
        reuse = self.state.reuse
        return UNSETTLED(spec.name) if reuse is None else reuse.module(spec.name, UNSETTLED)

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Runs the package's body."""
        _restore_type(module)
        super().exec_module(module)


def _restore_type(package: ModuleType) -> None:
    """Makes a package of ours one again: the LazyLoader of Python 3.11 leaves it a plain module."""
    if type(package) is ModuleType:
        package.__class__ = UNSETTLED


class ToolLoader(_Executor):
    """Executes a source file by the loader of another tool, which others see in its place: its type, and all that it has."""

    def __init__(self, tool: Any, fullname: str, path: str, state: LoadState) -> None:
        self._tool = tool
        self.name = fullname
        self.path = path
        self.state = state

    # pytest and others look whether a module has their loader.
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._tool)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tool, name)

    @hidden
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The tool's own module, if it makes one; else as for any other file."""
        create = getattr(self._tool, "create_module", None)
        module: ModuleType | None = None if create is None else create(spec)
        return UNSETTLED(spec.name) if module is None and spec.submodule_search_locations is not None else module

    @hidden
    def _run(self, module: ModuleType) -> None:
        # The tool may keep what it makes of the file, so the file is read for its hash alone.
        source, status = self.state.read(self.name, self.path)
        self._content = status, digest_of(source)
        self._tool.exec_module(module)

    def __repr__(self) -> str:
        return f"<pyautoload_wasm's loader of {self.name} by {self._tool!r}>"


#: The types of the modules that the loaders above make, for `can_be_reused`.
_OWN_TYPES = frozenset({ModuleType, Package, AliasedPackage, LazyPackage})


def can_be_reused(module: ModuleType) -> bool:
    """Whether a module is one that our loaders have made, and not what a tool or its own body has put into its place."""
    return type(module) in _OWN_TYPES and type(getattr(own_spec(module), "loader", None)) in (
        SourceLoader,
        PackageLoader,
        DirectoryLoader,
    )


def is_made_by_a_tool(module: object) -> bool:
    """Whether another tool's loader executes a module's file."""
    return type(getattr(getattr(module, "__spec__", None), "loader", None)) is ToolLoader


class DirectoryLoader(NamespaceLoader):
    """Makes an implicit namespace package. ``find_namespace`` is what CPython's namespace path asks when its parent's path changes."""

    _path: list[str]

    def __init__(
        self,
        fullname: str,
        path: list[str],
        state: LoadState,
        find_namespace: Callable[[str, Sequence[str] | None], ModuleSpec | None],
    ) -> None:
        super().__init__(fullname, path, find_namespace)
        self.name = fullname
        self.state = state

    @property
    def search_locations(self) -> list[str]:
        """The package's ``__path__``, which CPython recomputes."""
        return self._path

    @hidden
    def create_module(self, spec: ModuleSpec) -> Any:
        """An empty package."""
        reuse = self.state.reuse
        package = Package(spec.name) if reuse is None else reuse.module(spec.name, Package)
        # CPython's own namespace packages have it, though they have no file.
        package.__file__ = None
        return package

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Notes that the package is there; nothing of it runs."""
        state = self.state
        _restore_type(module)
        place = next(state.places)
        if state.has_declared:
            state.settle_declared(self.name, place, failed=False)
        state.executed[self.name] = (None, None, place, False)
        if state.on_load or state.journal is not None:
            state.loaded(self.name)
        if state.catalog.settings.log is not None:
            state.say(f"{self.name} made of {', '.join(module.__path__) or 'its roots'}")

    def __repr__(self) -> str:
        return f"<pyautoload_wasm's loader of the namespace {self.name}>"
