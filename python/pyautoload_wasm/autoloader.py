"""AutoLoader: set-up and teardown of one project's autoloading. What it goes by is in ``configuration.py``, what can be asked of it
in ``queries.py``, how it reloads in ``reloading.py``.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import weakref
from typing import TYPE_CHECKING

from pyautoload_wasm import explain, shadowing
from pyautoload_wasm.arguments import StrPath, plain_text
from pyautoload_wasm.eager import EagerLoadReport, OnError, Progress, load_all
from pyautoload_wasm.engine import Engine
from pyautoload_wasm.errors import ConfigurationError, ConflictError
from pyautoload_wasm.finder import AutoloadFinder
from pyautoload_wasm.missing import MissingFinder
from pyautoload_wasm.reloading import Reloading
from pyautoload_wasm.tracebacks import unseen_methods

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The loaders that are set up, in the order in which they were.
_active: weakref.WeakSet[AutoLoader] = weakref.WeakSet()
#: Set-ups and teardowns happen one after the other, so that of two threads that set up one loader the second is refused.
_changing = threading.RLock()

_log = logging.getLogger("pyautoload_wasm")


def active_loaders() -> list[AutoLoader]:
    """The loaders that are set up."""
    return list(_active)


@unseen_methods
class AutoLoader(Reloading):
    """Autoloads the modules below some directories.

    ``base_path`` is a directory or several of them, ``top_level`` the dotted name that they stand for; without it their files
    are top-level modules. With ``allow_shadowing`` those may hide the standard library and installed distributions.
    With ``strict`` a file that does not define the attribute that its name announces cannot be imported.

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
    ) -> None:
        super().__init__(allow_shadowing=allow_shadowing)
        self._strict = strict
        self._missing_finder: MissingFinder | None = None
        if base_path is None:
            paths: list[StrPath] = []
        elif isinstance(base_path, str | os.PathLike):
            paths = [base_path]
        else:
            try:
                paths = list(base_path)
            except TypeError:
                paths = [base_path]  # type: ignore[list-item]
        for path in paths:
            self.push_dir(path, namespace=top_level)

    @classmethod
    def from_options(cls, text: str) -> AutoLoader:
        """The loader that the JSON text of the npm package's ``Options`` describes. Not yet set up."""
        options = Engine().ask("read_options", text=plain_text(text, "from_options()"))
        loader = cls(allow_shadowing=options["allowShadowing"], strict=options["strict"])
        loader.acronym(*options["acronyms"]).inflect(options["inflect"])
        loader.ignore(*options["ignore"]).collapse(*options["collapse"])
        if options["basePath"] is not None:
            loader.push_dir(options["basePath"], namespace=options["topLevel"])
        for root in options["roots"]:
            loader.push_dir(root["dir"], namespace=root["namespace"] or None)
        loader._flushes = options["flush"]
        return loader.enable_reloading() if options["reloading"] else loader

    # Set-up and teardown

    def setup(self) -> AutoLoader:
        """Scans the roots and installs the finder.

        Raises ConfigurationError without a root and for a second set-up, ConflictError for roots that overlap those of another
        loader, AutoloadError where a root cannot be read. Nothing is installed then.
        """
        with _changing:
            self._require_configurable("setup")
            if not self._roots:
                raise ConfigurationError("setup() without a root: pass base_path, or call push_dir() first")
            self._refuse_overlaps()
            finder = self._scanned_finder()
            for stem, path in finder.hidden_files().items():
                # A notebook's `import random` passes by the finder, so this is the one chance to tell its user.
                _log.warning("%s", explain.hidden_file(path, stem))
            sys.meta_path.insert(0, finder)
            self._missing_finder = MissingFinder(finder)
            sys.meta_path.append(self._missing_finder)
            self._finder = finder
            _active.add(self)
            try:
                self._start_reloader()
            except BaseException:
                self.teardown()
                raise
        self._callbacks.set_up()
        return self

    def _scanned_finder(self) -> AutoloadFinder:
        """A finder that has scanned the roots, and leaves out what would hide modules of others."""
        reserves = not self._allow_shadowing and any(not root.namespace for root in self._roots)
        finder = AutoloadFinder(self._engine, self._callbacks, strict=self._strict, reports_hidden=reserves)
        if reserves:
            self._engine.ask("reserve", names=" ".join(sys.stdlib_module_names), hidden=shadowing.STANDARD_LIBRARY)
        stems: str = finder.scan()["top_level"]
        if reserves:
            hidden = shadowing.hidden_distributions(stems.split(), [root.path for root in self._roots])
            for stem, what in hidden.items():
                self._engine.ask("reserve", names=stem, hidden=what)
            if hidden:
                finder.scan()
        return finder

    def teardown(self) -> AutoLoader:
        """Removes the finder, and from ``sys.modules`` what it brought in. A loader that is not set up is left alone."""
        with _changing:
            finder, self._finder = self._finder, None
            if finder is None:
                return self
            _active.discard(self)
            self._stop_reloader()
            for installed in (finder, self._missing_finder):
                if installed in sys.meta_path:
                    sys.meta_path.remove(installed)
            self._missing_finder = None
        for name in list(sys.modules):
            if not finder.owns(name):
                continue
            module = sys.modules.pop(name, None)
            namespace, _, stem = name.rpartition(".")
            parent = sys.modules.get(namespace)
            if parent is not None and not finder.owns(namespace) and parent.__dict__.get(stem) is module:
                delattr(parent, stem)
        self._engine.ask("forget")
        return self

    def __enter__(self) -> AutoLoader:
        return self if self._finder is not None else self.setup()

    def __exit__(self, *error: object) -> None:
        self.teardown()

    # Use

    def eager_load(self, *, progress: Progress | bool | None = None, on_error: OnError = "log") -> EagerLoadReport:
        """Imports all modules, what each imports before it.

        ``progress`` is a callable (done, total, name), or True for a bar. ``on_error`` says what happens where a module raises:
        "log" it and go on, "collect" it in the report alone, or "raise" it.

        Raises SetupRequiredError before `setup`, ConfigurationError for another ``on_error``.
        """
        self._require_setup("eager_load")
        self._note_loaded()
        names: str = self._engine.ask("load_order")
        return load_all(names.split(), progress=progress, on_error=on_error)

    def __repr__(self) -> str:
        roots = ", ".join(f"{root.path} as {root.namespace or 'the top level'}" for root in self._roots)
        return f"<AutoLoader of {roots or 'no roots'}{'' if self._finder else ', not set up'}>"

    def _refuse_overlaps(self) -> None:
        for other in _active:
            for theirs in other._roots:
                for ours in self._roots:
                    if f"{ours.path}/".startswith(f"{theirs.path}/") or f"{theirs.path}/".startswith(f"{ours.path}/"):
                        raise ConflictError(
                            f"the root {ours.path} overlaps {theirs.path}, a root of another loader: let one loader have "
                            "both, or call teardown() of the other first"
                        )
