"""Loading before anybody asks: all modules, those of a directory or a namespace, or one file."""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from pyautoload_wasm._base.arguments import StrPath, plain_text, shown
from pyautoload_wasm._eager import EagerLoadReport, OnError, Progress, load_all
from pyautoload_wasm.errors import ConfigurationError
from pyautoload_wasm.queries import Queries
from pyautoload_wasm._base.frames import unseen_methods

if TYPE_CHECKING:
    from typing import Self


@unseen_methods
class Loading(Queries):
    """The part of an AutoLoader that loads modules by itself."""

    def do_not_eager_load(self, *globs: StrPath) -> Self:
        """Leaves files and directories out of eager loading; they are autoloaded as ever. Globs as for `ignore`, and at any time.

        Raises ConfigurationError for what is no glob, with the position.
        """
        for glob in globs:
            self._engine.ask("do_not_eager_load", pattern=plain_text(glob, "do_not_eager_load()"))
        return self

    def eager_load(
        self, *, force: bool = False, progress: Progress | bool | None = None, on_error: OnError = "log"
    ) -> EagerLoadReport:
        """Imports all modules, what each imports before it. With ``force`` also those of `do_not_eager_load`.

        ``progress`` is a callable (done, total, name), or True for a bar. ``on_error`` says what happens where a module raises:
        "log" it and go on, "collect" it in the report alone, or "raise" it.

        Raises SetupRequiredError before `setup`, ConfigurationError for another ``on_error``.
        """
        self._require_setup("eager_load")
        return self._load_selected("all modules", progress, on_error, force=force)

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
        self._require_setup("eager_load_dir")
        directory = os.path.abspath(plain_text(path, "eager_load_dir()"))
        if not os.path.isdir(directory):
            there = "is a file" if os.path.exists(directory) else "does not exist"
            raise ConfigurationError(
                f"eager_load_dir(): {directory} {there}: pass a folder; load_file() loads one file"
            )
        self._require_managed(directory, "eager_load_dir")
        return self._load_selected(directory, progress, on_error, force=force, dir=directory)

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
        self._require_setup("eager_load_namespace")
        name = namespace.__name__ if isinstance(namespace, ModuleType) else namespace
        if not isinstance(name, str) or not all(part.isidentifier() for part in name.split(".")):
            raise ConfigurationError(
                f"eager_load_namespace({shown(namespace)}): pass a package, or a dotted name such as 'myapp.models'"
            )
        return self._load_selected(name, progress, on_error, force=force, namespace=name)

    def load_file(self, path: StrPath) -> ModuleType:
        """Imports the module of a file, and returns it.

        Raises ConfigurationError for a path that is no module of this loader, with the reason, and what the file raises.
        """
        self._require_setup("load_file")
        file = os.path.abspath(plain_text(path, "load_file()"))
        name = self.module_name_at(file)
        if name is None and self._may_be_new(file) and self._finder is not None:
            self._finder.scan()
            name = self.module_name_at(file)
        if name is None or not file.endswith(".py"):
            raise ConfigurationError(f"load_file(): {self._why_no_module(file)}")
        __import__(name)
        return sys.modules[name]

    def _load_selected(
        self, what: str, progress: Progress | bool | None, on_error: OnError, **selection: object
    ) -> EagerLoadReport:
        self._note_loaded()
        selected = self._engine.ask("select", **{"force": False, "dir": None, "namespace": None, **selection})
        self._say(f"eager load of {what} starts")
        report = load_all(selected["load"].split(), progress=progress, on_error=on_error)
        report.skipped += selected["skipped"].split()
        self._say(f"eager load of {what} ends: {len(report.loaded)} loaded, {len(report.failed)} failed")
        return report

    def _say(self, text: str) -> None:
        if self._finder is not None:
            self._finder.say(text)

    def _may_be_new(self, file: str) -> bool:
        """Whether a file that is no module may have been written since the scan."""
        is_source = file.endswith(".py") and os.path.isfile(file) and self._is_managed(file)
        return is_source and not self._engine.ask("ignored", paths=[file])[0]

    def _is_managed(self, path: str) -> bool:
        return any(f"{path}/".startswith(f"{root.path.rstrip('/')}/") for root in self._roots)

    def _require_managed(self, path: str, call: str) -> None:
        if not self._is_managed(path):
            roots = " and ".join(root.path for root in self._roots)
            raise ConfigurationError(
                f"{call}(): {path} is in no root of this loader, which has {roots}: pass a path there"
            )

    def _why_no_module(self, file: str) -> str:
        """Why a path is no module, and what to do."""
        if os.path.isdir(file):
            return f"{file} is a folder: pass a file, or call eager_load_dir()"
        if not os.path.exists(file):
            return f"{file} does not exist: create the file first, or correct the path"
        if not file.endswith(".py"):
            return f"{file} is no Python file: pass one whose name ends in .py"
        self._require_managed(file, "load_file")
        if self._engine.ask("ignored", paths=[file])[0]:
            return f"{file} is ignored: take it out of ignore(), or execute it with runpy.run_path()"
        for problem in self._engine.ask("problems"):
            if problem["path"] == file:
                return str(problem["message"])
        return f"{file} or a folder on the way to it is hidden or has no name in Python: rename it"
