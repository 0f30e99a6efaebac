"""A loader that is set up: its finders in ``sys.meta_path``, what they know, and its reloads. A session exists exactly from `setup` to
`teardown`.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable
from itertools import product
from typing import Any

from pyautoload_wasm._diagnosis.names import unregistered_file
from pyautoload_wasm._eager import EagerLoader
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.adoption import adopt, release, warn_of_extra_files
from pyautoload_wasm._imports.finder import AutoloadFinder
from pyautoload_wasm._imports.implicit import hand_over, take_back
from pyautoload_wasm._imports.missing import MissingFinder
from pyautoload_wasm._imports.observation import let_go_of_specs
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._project.callbacks import Callbacks
from pyautoload_wasm._project.catalog import Catalog
from pyautoload_wasm._project.settings import Settings
from pyautoload_wasm._project.shadowing import STANDARD_LIBRARY, ShadowedLibraries, shadowed_distributions
from pyautoload_wasm._reload.automation import Automation
from pyautoload_wasm._reload.departure import Departure, Other
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._reload.tracking import Tracking
from pyautoload_wasm._results.project import Root
from pyautoload_wasm.errors import ConfigurationError, ConflictError

#: Held while it is decided who is set up, so that of two threads that set up one loader the second is refused. Nobody's inflector,
#: callback or log is called under it.
changing = threading.RLock()
#: The sessions that exist, in the order in which they were set up. A new list each time, since other threads walk through it.
_sessions: list[Session] = []

_log = logging.getLogger("pyautoload_wasm")


class Session:
    """One loader, set up."""

    def __init__(self, settings: Settings, callbacks: Callbacks, tracking: Tracking, automation: Automation) -> None:
        """Scans the roots and installs the finders.

        Raises what `AutoLoader.setup` raises; nothing is installed then.
        """
        if not settings.roots:
            raise ConfigurationError("setup() without a root: pass base_path, or call push_dir() first")
        self._settings = settings
        self._tracking = tracking
        self._automation = automation
        self.catalog = Catalog(settings)
        self.state = LoadState(self.catalog, callbacks)
        if settings.implicit_names:
            self.state.prepare = self.hand_over
        self.reloader: Reloader | None = None
        self._libraries = ShadowedLibraries(() if settings.allow_shadowing else self.catalog.roots)
        self._claim_roots()
        try:
            self._scan()
            if settings.library is not None and settings.library.warns_of_extra_files:
                warn_of_extra_files(settings.library.package, settings.engine)  # first, since a warning can be an error
        except BaseException:
            self._leave()
            settings.engine.ask("forget")
            raise
        self.eager = EagerLoader(self.state)
        self.finder = AutoloadFinder(self.state, self._libraries)
        self._missing_finder = MissingFinder(self.catalog)
        self._install()
        try:
            self.start_reloading()
        except BaseException:
            self.close()
            raise
        self._adopt()

    def _claim_roots(self) -> None:
        """Takes a place among the sessions, whose roots do not overlap. Raises ConflictError."""
        global _sessions
        with changing:
            _refuse_overlaps(self._settings)
            _sessions = [*_sessions, self]

    def _leave(self) -> None:
        """Gives the place among the sessions up."""
        global _sessions
        with changing:
            _sessions = [other for other in _sessions if other is not self]

    def _scan(self) -> None:
        """Scans, and leaves out top-level modules that would shadow those of others."""
        catalog, engine, settings = self.catalog, self._settings.engine, self._settings
        reserves = not settings.allow_shadowing and any(not root.namespace for root in settings.roots)
        if reserves:
            engine.ask("reserve", names=" ".join(sys.stdlib_module_names), hidden=STANDARD_LIBRARY)
        stems: str = catalog.scan()["top_level"]
        if reserves:
            shadowed = shadowed_distributions(stems.split(), catalog.roots)
            for stem, what in shadowed.items():
                engine.ask("reserve", names=stem, hidden=what)
            if shadowed:
                catalog.scan()
        catalog.has_news = False
        for message in self._libraries.known():
            _log.warning("%s", message)
        for stem, path in catalog.unregistered_files().items():
            # A notebook's `import random` passes by the finder, so this is the one chance to tell its user.
            _log.warning("%s", unregistered_file(path, stem))

    def _install(self) -> None:
        with changing:
            # Of two loaders that have one name the first has it, as of two roots.
            ours = [at for at, other in enumerate(sys.meta_path) if isinstance(other, AutoloadFinder)]
            sys.meta_path.insert(ours[-1] + 1 if ours else 0, self.finder)
            sys.meta_path.append(self._missing_finder)
            states.active = [*states.active, self.state]
            self._leave()  # Whoever began later may have been ready first.
            self._claim_roots()

    def _adopt(self) -> None:
        for namespace in self._settings.implicit_namespaces:
            self.hand_over(namespace)
        if self._settings.library is not None:
            package = self._settings.library.package
            adopt(package, self.state)
            if self._settings.implicit_names:
                self.hand_over(package.__dict__)

    def hand_over(self, namespace: dict[str, Any]) -> None:
        """Lets bare names resolve by autoloading in the code that runs in a namespace from now on."""
        hand_over(namespace, self.state)

    # Reloading

    def start_reloading(self) -> None:
        """Makes the reloader if reloading is enabled, and has it watch and flush as the settings say."""
        reloading = self._settings.reloading
        if not reloading.is_enabled:
            return
        if self.reloader is None:
            self.reloader = Reloader(self.state, self._tracking, self.finder.find_spec)
        self._automation.start(self.reloader, watches=reloading.watches, flushes=reloading.flush == "auto")

    def forked(self) -> None:
        """In a forked child: ends the imports, the reload and the watching of threads that it does not have."""
        self.state.forked()
        if self.reloader is not None:
            self.reloader.forked()
        self._automation.forked()

    # The end

    def close(self, *, keeps_modules: bool = False) -> None:
        """Removes the finders, and from ``sys.modules`` what they brought in, unless that is to stay.

        `on_unload` is called for each module before, while everything still works.
        """
        others = [Other(session.state, session.finder.find_spec) for session in _sessions if session.is_ready(self)]
        departure = None if keeps_modules else Departure(self.state, others)
        try:
            if departure is not None:
                departure.announce()
        finally:
            self._uninstall(keeps_modules=keeps_modules)
            if departure is not None:
                departure.carry_out()
            self.state.close()
            let_go_of_specs()  # which hold the loader
            self._settings.engine.ask("forget")

    def is_ready(self, asker: Session) -> bool:
        """Whether this is another session than the one that asks, and can find modules."""
        return self is not asker and self.state in states.active

    def _uninstall(self, *, keeps_modules: bool) -> None:
        library = self._settings.library
        with changing:
            for installed in (self.finder, self._missing_finder):
                if installed in sys.meta_path:
                    sys.meta_path.remove(installed)
            self._leave()
            states.active = [other for other in states.active if other is not self.state]
            self._automation.stop()
            self.reloader = None
            for namespace in self._settings.implicit_namespaces:
                take_back(namespace, self.state)
            if library is not None:
                take_back(library.package.__dict__, self.state)
        if library is not None:
            release(library.package, self.state, keeps_children=keeps_modules)

    def sessions_before(self) -> list[Session]:
        """The sessions whose finders stand before this one's."""
        return _sessions[: _sessions.index(self)]

    def __repr__(self) -> str:
        return f"<Session of {self._settings.tag}>"


def settings_in_use() -> list[Settings]:
    """The settings of the loaders that are set up."""
    return [session.catalog.settings for session in _sessions]


def overlap(some: Iterable[Root], others: Iterable[Root]) -> bool:
    """Whether one of some roots is one of the others, or in one, or around one."""
    pairs = product(some, others)
    return any(one.contains(other.path) or other.contains(one.path) for one, other in pairs)


def forked() -> None:
    """In a forked child: ends what other threads were doing at that moment."""
    for session in _sessions:
        session.forked()


def _refuse_overlaps(settings: Settings) -> None:
    """Raises ConflictError for a root that overlaps one of another loader, unless that is left out there."""
    for other in _sessions:
        for theirs in other.catalog.roots:
            for ours in settings.roots:
                if theirs.contains(ours.path):
                    is_left = other.catalog.settings.is_ignored(ours.path)
                    way_out = f"let it ignore({ours.path!r})"
                elif ours.contains(theirs.path):
                    is_left = settings.is_ignored(theirs.path)
                    way_out = f"ignore({theirs.path!r})"
                else:
                    continue
                if not is_left:
                    raise ConflictError(
                        f"the root {ours.path} overlaps {theirs.path}, a root of another loader: let one loader have both, "
                        f"{way_out}, or call teardown() of the other first"
                    )
