"""What executes a module once the finder has found it: source files, namespace packages, and camelized names.

Code objects are kept. A file whose status is the one that it was compiled under is executed again without being read; in Pyodide
that makes an import eight times cheaper, as the status is not asked for either while nothing changes in memory (``memory.py``). A
status is trusted only when the file had not been touched for a while when it was read, since quick edits leave time and size as they
were.
"""

from __future__ import annotations

import sys
import warnings
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, NamespaceLoader, SourceFileLoader
from typing import TYPE_CHECKING, Any, cast

from pyautoload_wasm._diagnosis import names as explain
from pyautoload_wasm._diagnosis.cycles import circle, explain_circle, is_initializing, taken
from pyautoload_wasm.errors import AutoloadWarning
from pyautoload_wasm._imports.changes import UNCOUNTED
from pyautoload_wasm._imports.packages import AliasedPackage, Package
from pyautoload_wasm._imports.files import Status, digest_of, is_settled, status_of
from pyautoload_wasm._base.frames import hidden, hidden_call

if TYPE_CHECKING:
    from types import CodeType, ModuleType

    from pyautoload_wasm._imports.finder import AutoloadFinder


#: What was read of a file: its status, and a hash. A plain tuple, as a status is one.
Content = tuple[Status, int]


class KeptCode:
    """A code object and what is known of the file that it was compiled from."""

    __slots__ = ("as_of", "code", "content", "digest", "is_settled", "status")

    def __init__(self, code: CodeType, content: Content) -> None:
        self.code = code
        self.content = content
        self.status, self.digest = content
        #: Whether another edit would show in the file's status: it had not been touched for a while when it was read.
        self.is_settled = is_settled(self.status)
        #: The count of changes in memory for which it is the right one.
        self.as_of = UNCOUNTED


#: One execution of a module: its file and what was read of that, if it has one; its place among all executions; whether it failed.
#: A plain tuple, since every import makes one.
Execution = tuple[str | None, Content | None, int, bool]


class SourceLoader(SourceFileLoader):
    """Executes a source file. ``finder`` is the finder that made it."""

    #: What was read of the file when its code was asked for last.
    _content: Content | None = None

    def __init__(self, fullname: str, path: str, finder: AutoloadFinder) -> None:
        self.name = fullname
        self.path = path
        self.finder = finder

    @hidden
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """A package's own type, or None for the module that importlib makes by itself."""
        return None if spec.submodule_search_locations is None else Package(spec.name)

    @hidden
    def get_code(self, fullname: str) -> CodeType:
        """The code object: the kept one, from bytecode, or compiled."""
        path = self.path
        finder = self.finder
        kept = finder.codes.get(path)
        try:
            if kept is not None and (
                path in finder.trusted or kept.as_of == finder.memory.count[0] or self._is_unchanged(kept)
            ):
                self._content = kept.content
                return kept.code
            source, status = finder.read(self.name, path)
        except FileNotFoundError:
            raise finder.file_is_gone(self.name, path) from None
        self._content = content = status, digest_of(source)
        if kept is not None and kept.digest == content[1]:
            return self.keep(kept.code, content)
        if sys.dont_write_bytecode or not is_settled(status):
            return self.compile(source, content)
        code = cast("CodeType", super().get_code(fullname))  # a source file always has code
        self._warn_of_hidden(code, source)
        return self.keep(code, content)

    @hidden
    def _is_unchanged(self, kept: KeptCode) -> bool:
        """Whether the file is the one that was compiled. Where somebody counts changes, it is not looked at again before the next."""
        if not kept.is_settled or kept.status != status_of(self.path):
            return False
        kept.as_of = self.finder.count_for(self.path)
        return True

    @hidden
    def compile(self, source: bytes, content: Content) -> CodeType:
        """Compiles what was read of the file, and keeps it. Raises what the compiler raises."""
        code: CodeType = self.source_to_code(source, self.path)
        self._warn_of_hidden(code, source)
        return self.keep(code, content)

    def keep(self, code: CodeType, content: Content) -> CodeType:
        """Keeps a code object with what was read of the file that it was compiled from."""
        self.finder.codes[self.path] = KeptCode(code, content)
        return code

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Runs the module's body. A circle of imports that fails in it is explained, and so is a file that Python cannot see."""
        finder = self.finder
        if finder.observed and self.name in finder.executed:
            finder.forget_observed({self.name})  # What one execution has observed is not what the next one does.
        self._content = None
        running = finder.running
        running.append(self.name)
        started = next(finder.starts)
        try:
            _execute(self.get_code(self.name), module.__dict__)
            if finder.strict:
                mismatch = explain.name_mismatch(finder, self.name, self.path)
                if mismatch is not None:
                    raise mismatch
        except (ImportError, AttributeError) as error:
            circular = explain_circle(error, finder)
            self._note_failure(started, error if circular is None else circular)
            if circular is not None:
                raise circular.with_traceback(error.__traceback__) from None
            self._note_hidden(error)
            raise
        except BaseException as error:
            self._note_failure(started, error)
            raise
        finally:
            running.pop()
        finder.executed[self.name] = (self.path, self._content, started, False)
        if finder.on_load:
            finder.loaded(self.name)

    def _note_failure(self, started: int, error: BaseException) -> None:
        finder = self.finder
        finder.executed[self.name] = (self.path, self._content, started, True)
        if finder.journal is not None:
            finder.journal.failed.append((self.name, error))

    def _warn_of_hidden(self, code: CodeType, source: bytes) -> None:
        """Warns where the module imports a name that a file of the user has in vain.

        A warning, at the line of the import, since the import itself succeeds: nothing else of ours runs when it hurts, unless it
        does so while a module is imported (`_note_hidden`). Changing the other module, or an exception hook, would be felt by
        everybody.
        """
        files = self.finder.hidden_files()
        if files:
            for stem, line in explain.lines_that_import(code, source, files).items():
                warnings.warn_explicit(
                    explain.hidden_file(files[stem], stem), AutoloadWarning, self.path, line, self.name
                )

    def _note_hidden(self, error: BaseException) -> None:
        """Adds to an error about a missing attribute that the user's file of that name is another module."""
        files = self.finder.hidden_files()
        found = taken(error) if files else None
        if found is not None and found.module.__name__ in files:
            note = explain.hidden_file(files[found.module.__name__], found.module.__name__)
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)


@hidden_call
def _execute(code: CodeType, namespace: dict[str, Any]) -> None:
    exec(code, namespace)


class DirectoryLoader(NamespaceLoader):
    """Makes an implicit namespace package."""

    _path: list[str]

    def __init__(self, fullname: str, path: list[str], finder: AutoloadFinder) -> None:
        super().__init__(fullname, path, finder.find_namespace)
        self.name = fullname
        self.finder = finder

    @hidden
    def create_module(self, spec: ModuleSpec) -> Any:
        """An empty package."""
        package = Package(spec.name)
        # CPython's own namespace packages have it, though they have no file.
        package.__file__ = None
        return package

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Nothing but the note."""
        finder = self.finder
        finder.executed[self.name] = (None, None, next(finder.starts), False)
        if finder.on_load:
            finder.loaded(self.name)


@hidden_call
def _import(name: str) -> None:
    __import__(name)


class AliasLoader(Loader):
    """Gives the module of ``user.py`` when ``User`` is imported."""

    def __init__(self, fullname: str, target: str, finder: AutoloadFinder) -> None:
        self.name = fullname
        self.target = target
        self.finder = finder
        self._spec: ModuleSpec | None = None

    @hidden
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module under its own name, imported now."""
        _import(self.target)
        module = sys.modules[self.target]
        self.finder.aliases.setdefault(self.target, set()).add(self.name)
        attr = self.name.rpartition(".")[2]
        self._spec = own_spec(module)
        if is_initializing(module) and not hasattr(module, attr):
            circular = circle(module, attr)
            if circular is not None:
                raise circular
        return module

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Nothing: the module has been executed under its own name."""
        # importlib has put the alias's spec on the module, and will make it an attribute of the package.
        module.__spec__ = self._spec
        package = sys.modules.get(self.name.rpartition(".")[0])
        if type(package) is Package:
            package.__class__ = AliasedPackage


def own_spec(module: ModuleType) -> ModuleSpec | None:
    """A module's spec under its own name, also while another thread imports it under a camelized one."""
    spec = getattr(module, "__spec__", None)
    while spec is not None and isinstance(spec.loader, AliasLoader):
        spec = spec.loader._spec
    return spec
