"""AutoLoader: set-up and teardown of one project's autoloading. What it goes by is in ``configuration.py``, what can be asked of it
in ``queries.py``, how it reloads in ``reloading.py``.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from pyautoload_wasm._diagnosis import names as explain
from pyautoload_wasm._project import shadowing
from pyautoload_wasm._base.arguments import StrPath, plain_text
from pyautoload_wasm._eager import EagerLoadReport, OnError, Progress, load_all
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm.errors import ConfigurationError, ConflictError
from pyautoload_wasm.features import Features
from pyautoload_wasm._imports.finder import AutoloadFinder
from pyautoload_wasm._imports.adoption import adopt, package_of, release, warn_of_extra_files
from pyautoload_wasm._imports.implicit import hand_over, take_back
from pyautoload_wasm._imports.missing import MissingFinder
from pyautoload_wasm.reloading import Reloading
from pyautoload_wasm._base.frames import unseen_methods

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

#: The loaders that are set up, in the order in which they were.
_active: dict[AutoLoader, None] = {}
#: Set-ups and teardowns happen one after the other, so that of two threads that set up one loader the second is refused.
_changing = threading.RLock()

_log = logging.getLogger("pyautoload_wasm")


@unseen_methods
class AutoLoader(Reloading, Features):
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
        #: The package whose own `__init__.py` sets this loader up, and whether it wants to hear of extra files.
        self._package: tuple[ModuleType, bool] | None = None
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
        loader.do_not_eager_load(*options["doNotEagerLoad"]).do_not_reload(*options["doNotReload"]).log(options["log"])
        if options["implicitNames"]:
            loader.implicit_names()
        if options["basePath"] is not None:
            loader.push_dir(options["basePath"], namespace=options["topLevel"])
        for root in options["roots"]:
            loader.push_dir(root["dir"], namespace=root["namespace"] or None)
        loader._flushes = options["flush"]
        return loader.enable_reloading() if options["reloading"] else loader

    @classmethod
    def for_package(cls, file: StrPath, *, strict: bool = False, warn_on_extra_files: bool = True) -> AutoLoader:
        """A loader for the package whose ``__init__.py`` calls this, as ``AutoLoader.for_package(__file__).setup()``. Called again
        from the same file, as by ``importlib.reload``, the new loader takes the place of the earlier one.

        With ``warn_on_extra_files`` the set-up warns of files that cannot be imported, and of folders of modules without an
        ``__init__.py``.

        Raises ConfigurationError for a file that is no package's ``__init__.py``.
        """
        path, package = package_of(file)
        for other in tuple(_active):
            if other._package is not None and other._package[0].__file__ == package.__file__:
                other.teardown()
        loader = cls(os.path.dirname(path), package.__name__, strict=strict)
        loader._package = package, warn_on_extra_files
        return loader

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
            try:
                finder = self._scanned_finder()
                for stem, path in finder.hidden_files().items():
                    # A notebook's `import random` passes by the finder, so this is the one chance to tell its user.
                    _log.warning("%s", explain.hidden_file(path, stem))
                if self._package is not None and self._package[1]:
                    warn_of_extra_files(self._package[0], self._engine)  # first, since a warning can be an error
            except BaseException:
                self._engine.ask("forget")
                raise
            # Of two loaders that have one name the first has it, as of two roots.
            ours = [at for at, other in enumerate(sys.meta_path) if isinstance(other, AutoloadFinder)]
            sys.meta_path.insert(ours[-1] + 1 if ours else 0, finder)
            self._missing_finder = MissingFinder(finder)
            sys.meta_path.append(self._missing_finder)
            self._finder = finder
            _active[self] = None
            try:
                self._start_reloader()
            except BaseException:
                self.teardown()
                raise
            self._hand_namespaces_over(finder)
            if self._package is not None:
                package, _ = self._package
                adopt(package, finder)
                if self._names_are_implicit:
                    hand_over(package.__dict__, finder)
        self._callbacks.set_up()
        return self

    def _scanned_finder(self) -> AutoloadFinder:
        """A finder that has scanned the roots, and leaves out what would hide modules of others."""
        reserves = not self._allow_shadowing and any(not root.namespace for root in self._roots)
        finder = AutoloadFinder(self._engine, self._callbacks, strict=self._strict, reports_hidden=reserves)
        finder.roots = self.roots
        if self._inflect is not self._own_inflector:
            finder.inflect = self._inflect, self._own_inflector
        self._equip(finder)
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
        finder = self._uninstall()
        if finder is None:
            return self
        if self._package is not None:
            release(self._package[0], finder)
        for name in list(sys.modules):
            if not finder.owns(name):
                continue
            module = sys.modules.pop(name, None)
            namespace, _, stem = name.rpartition(".")
            parent = sys.modules.get(namespace)
            if parent is not None and not finder.owns(namespace) and parent.__dict__.get(stem) is module:
                delattr(parent, stem)
            finder.say(f"{name} unloaded")
        finder.close()
        self._engine.ask("forget")
        return self

    def unregister(self) -> AutoLoader:
        """Removes the finder, and leaves what is loaded as it is: nothing more is autoloaded. A loader that is not set up is left
        alone.
        """
        finder = self._uninstall()
        if finder is not None:
            if self._package is not None:
                release(self._package[0], finder, keeps_children=True)
            finder.close()
            self._engine.ask("forget")
        return self

    def _uninstall(self) -> AutoloadFinder | None:
        """Takes the finder out of the import system. Returns it, if there was one."""
        with _changing:
            finder, self._finder = self._finder, None
            if finder is None:
                return None
            _active.pop(self, None)
            for installed in (finder, self._missing_finder):
                if installed in sys.meta_path:
                    sys.meta_path.remove(installed)
            self._missing_finder = None
            self._stop_reloader()
            self._take_namespaces_back(finder)
            if self._package is not None:
                take_back(self._package[0].__dict__, finder)
        return finder

    def __enter__(self) -> AutoLoader:
        return self if self._finder is not None else self.setup()

    def __exit__(self, *error: object) -> None:
        self.teardown()

    # All loaders

    @classmethod
    def loaders(cls) -> tuple[AutoLoader, ...]:
        """The loaders that are set up, in the order in which they were."""
        return tuple(_active)

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
        whole = load_all((), progress=None, on_error=on_error)
        for loader in tuple(_active):
            if namespace is None:
                report = loader.eager_load(progress=progress, on_error=on_error)
            else:
                report = loader.eager_load_namespace(namespace, progress=progress, on_error=on_error)
            whole.loaded += report.loaded
            whole.failed |= report.failed
            whole.skipped += report.skipped
            whole.seconds += report.seconds
        return whole

    def __repr__(self) -> str:
        roots = ", ".join(f"{root.path} as {root.namespace or 'the top level'}" for root in self._roots)
        return f"<AutoLoader of {roots or 'no roots'}{'' if self._finder else ', not set up'}>"

    def _refuse_overlaps(self) -> None:
        for other in _active:
            for theirs in other._roots:
                for ours in self._roots:
                    if f"{ours.path}/".startswith(f"{theirs.path}/"):
                        is_left = other._engine.ask("ignored", paths=[ours.path])[0]
                        way_out = f"let it ignore({ours.path!r})"
                    elif f"{theirs.path}/".startswith(f"{ours.path}/"):
                        is_left = self._engine.ask("ignored", paths=[theirs.path])[0]
                        way_out = f"ignore({theirs.path!r})"
                    else:
                        continue
                    if not is_left:
                        raise ConflictError(
                            f"the root {ours.path} overlaps {theirs.path}, a root of another loader: let one loader have both, "
                            f"{way_out}, or call teardown() of the other first"
                        )
