"""A project that is set up: its finders in ``sys.meta_path``, what they know, and its reloads. A session exists from the set-up of
its first handle to the teardown of its last.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable
from itertools import product
from typing import Any

from pyautoload_wasm._base.drives import looking
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._diagnosis.names import unregistered_file
from pyautoload_wasm._eager import EagerLoader
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.adoption import adopt, release, warn_of_extra_files
from pyautoload_wasm._imports.finder import AutoloadFinder
from pyautoload_wasm._imports.implicit import hand_over, take_back
from pyautoload_wasm._imports.missing import MissingFinder
from pyautoload_wasm._imports.observation import let_go_of_specs
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._imports.takeover import give_back, take_over
from pyautoload_wasm._project.callbacks import Audience
from pyautoload_wasm._project.catalog import Catalog
from pyautoload_wasm._project.settings import Reloading, Settings, log_of, reloading_of, together
from pyautoload_wasm._project.shadowing import STANDARD_LIBRARY, ShadowedLibraries, shadowed_distributions
from pyautoload_wasm._reload.automation import Automation
from pyautoload_wasm._reload.departure import Departure, Other
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._reload.tracking import Tracked
from pyautoload_wasm._results.project import Root
from pyautoload_wasm._session.handle import Handle
from pyautoload_wasm._start.requirements import Requirements
from pyautoload_wasm.errors import ConflictError

#: Held while it is decided who is set up. Nobody's inflector, callback or log is called under it.
changing = threading.RLock()
#: The sessions that exist, in the order in which they were set up. A new list each time, since other threads walk through it.
_sessions: list[Session] = []

_log = logging.getLogger("pyautoload_wasm")


class Session:
    """One project, set up. `join` and `leave` in ``joining.py`` are the way in and out; all that changes a session is done by one
    thread at a time, which has it in `changer`.
    """

    def __init__(self, handle: Handle) -> None:
        """Claims the roots. Raises ConflictError."""
        self.settings = together([handle.settings])
        self.handles: tuple[Handle, ...] = ()
        #: The thread that sets the session up, or lets a handle join or leave it.
        self.changer: int | None = threading.get_ident()
        self.catalog = Catalog(self.settings)
        self.audience = Audience()
        self.automation = Automation()
        self.state = LoadState(self.catalog, self.audience)
        self.reloader: Reloader | None = None
        #: Whether objects follow a reload where no handle says it.
        self._has_live_objects = False
        self.eager = EagerLoader(self.state)
        self.finder = AutoloadFinder(self.state)
        self.requirements = Requirements(self.catalog)
        self._missing_finder = MissingFinder(self.catalog)
        self._claim_roots()

    # Whose roots they are

    def _claim_roots(self) -> None:
        """Takes a place among the sessions, whose roots do not overlap. Raises ConflictError."""
        global _sessions
        with changing:
            _refuse_overlaps(self.settings, [other for other in _sessions if other is not self])
            _sessions = [*_sessions, self]

    def vanish(self) -> None:
        """Gives the place among the sessions up."""
        global _sessions
        with changing:
            _sessions = [other for other in _sessions if other is not self]

    def is_of(self, handle: Handle) -> bool:
        """Whether a handle is for this project: one of its roots, by folder and name."""
        return not set(self.settings.roots).isdisjoint(handle.settings.roots)

    # Handles

    def set_up(self, handle: Handle) -> None:
        """Scans the roots and installs the finders, for the first handle. Raises as `AutoLoader.setup` does; nothing is installed
        then.
        """
        settings = self.settings
        try:
            self.catalog.take_scan(_scan(settings, settings.engine))
            self._warn_of_shadowing()
            if settings.library is not None and settings.library.warns_of_extra_files:
                warn_of_extra_files(settings.library.package, settings.engine)  # first, since a warning can be an error
        except BaseException:
            self.vanish()
            self.catalog.engine.ask("forget")
            raise
        self._install()
        try:
            self._admit(handle)
            take_over(self.state, self.finder.find_spec)
            self.start_reloading()
        except BaseException:
            self.close()
            raise

    def add(self, handle: Handle) -> None:
        """Lets another handle join. Raises as `AutoLoader.setup` does; everything is as it was then."""
        going = [other for other in self.handles if other.gives_way_to(handle)]
        staying = [other for other in self.handles if other not in going]
        shared = together([*(other.settings for other in staying), handle.settings])
        _refuse_two_names(handle.settings, staying)
        self._follow(shared)
        handle.settings.share(self.catalog.engine)
        try:
            self._admit(handle)
            self.start_reloading()
        except BaseException:
            self.remove(handle)
            raise
        for other in going:
            self._dismiss(other)
            _say_what_goes(other, self.settings)
        self.start_reloading()

    def remove(self, handle: Handle) -> None:
        """Lets a handle leave that is not the last."""
        self._dismiss(handle)
        self._follow(together([other.settings for other in self.handles]))
        self.start_reloading()

    def _admit(self, handle: Handle) -> None:
        self.handles = (*self.handles, handle)
        handle.session = self
        self.audience.join(handle.callbacks)
        self.automation.join(handle.holds)
        if len(self.handles) > 1:
            self.renew_log()
        for namespace in handle.settings.implicit_namespaces:
            self.hand_over(namespace)
        if handle.settings.library is not None:
            package = handle.settings.library.package
            if package.__name__ not in self.catalog.supplied:
                adopt(package, self.state)
            if self.settings.implicit_names:
                self.hand_over(package.__dict__)

    def _dismiss(self, handle: Handle) -> None:
        self.handles = tuple(other for other in self.handles if other is not handle)
        handle.session = None
        handle.settings.part()
        self._let_go_of(handle)
        self.renew_log()

    def _let_go_of(self, handle: Handle) -> None:
        self.audience.leave(handle.callbacks)
        self.automation.leave(handle.holds)
        still = [namespace for other in self.handles for namespace in other.settings.implicit_namespaces]
        for namespace in handle.settings.implicit_namespaces:
            if not any(namespace is other for other in still):
                take_back(namespace, self.state)

    # Settings

    def _follow(self, shared: Settings) -> None:
        """Applies the settings of the handles. Where a scan would find something else by them, it is done again, and what is loaded
        stays loaded. Raises ConflictError, and AutoloadError where a root cannot be read; everything is as it was then.
        """
        catalog = self.catalog
        if shared.is_as(self.settings):
            shared.share(catalog.engine)
            self.settings = catalog.settings = shared
            return
        with changing:
            _refuse_overlaps(shared, [other for other in _sessions if other is not self])
        new = shared.new_engine()
        links = _scan(shared, new)
        with catalog.lock:
            self.state.tell_engine()
            catalog.engine.become(new)
            shared.share(catalog.engine)
            self.settings = catalog.settings = shared
            self.state.tell_again()
            if self.reloader is not None:
                self.reloader.has_new_engine()
        self.automation.stop()
        catalog.take_scan(links)
        self._warn_of_shadowing()
        take_over(self.state, self.finder.find_spec)

    def _warn_of_shadowing(self) -> None:
        settings = self.settings
        self.finder.libraries = ShadowedLibraries(() if settings.allow_shadowing else settings.roots)
        self.state.prepare = self.hand_over if settings.implicit_names else None
        for message in self.finder.libraries.known():
            _log.warning("%s", message)
        for stem, path in self.catalog.unregistered_files().items():
            # A notebook's `import random` passes by the finder, so this is the one chance to tell its user.
            _log.warning("%s", unregistered_file(path, stem))

    def renew_log(self) -> None:
        """Looks again where the handles want lines to go."""
        self.settings.log = log_of([handle.settings for handle in self.handles])

    def hand_over(self, namespace: dict[str, Any]) -> None:
        """Lets bare names resolve by autoloading in the code that runs in a namespace from now on."""
        hand_over(namespace, self.state)

    def _install(self) -> None:
        with changing:
            # Of two sessions that have one name the first has it, as of two roots.
            ours = [at for at, other in enumerate(sys.meta_path) if isinstance(other, AutoloadFinder)]
            sys.meta_path.insert(ours[-1] + 1 if ours else 0, self.finder)
            sys.meta_path.append(self._missing_finder)
            states.active = [*states.active, self.state]
            self.vanish()  # Whoever began later may have been ready first.
            self._claim_roots()

    # Reloading

    def start_reloading(self) -> None:
        """Makes the reloader if a handle wants reloading, and has it watch and flush as they say."""
        wanted = reloading_of([handle.settings for handle in self.handles])
        if wanted.is_enabled and self.reloader is None:
            self.reloader = Reloader(self.state, self._tracked, self.finder.find_spec)
            self.reloader.needed_by = self.requirements.needed_by
        if self.reloader is not None:
            self._choose_objects(wanted)
            self.automation.start(self.reloader, wanted)
            outdated, self.state.outdated = self.state.outdated, []
            self.reloader.mark(outdated)

    def let_objects_follow(self, follow: bool) -> None:
        """Lets objects follow a reload, or stay, where no handle says what is to become of them."""
        self._has_live_objects = follow
        self._choose_objects(reloading_of([handle.settings for handle in self.handles]))

    def _choose_objects(self, wanted: Reloading) -> None:
        if self.reloader is not None:
            self.reloader.objects_follow = (
                self._has_live_objects if wanted.objects is None else wanted.objects == "follow"
            )

    def _tracked(self) -> list[Tracked]:
        """The namespaces that the handles track."""
        return [tracked for handle in self.handles for tracked in handle.tracking.namespaces]

    def forked(self) -> None:
        """In a forked child: ends the imports, the reload and the watching of threads that it does not have."""
        self.changer = None
        self.state.forked()
        if self.reloader is not None:
            self.reloader.forked()
        self.automation.forked()

    # The end

    def close(self, *, keeps_modules: bool = False) -> None:
        """Removes the finders, and from ``sys.modules`` what they brought in, unless that is to stay.

        `on_unload` is called for each module before, while everything still works.
        """
        handles = self.handles
        for handle in handles:
            handle.session = None
        others = [Other(session.state, session.finder.find_spec) for session in _sessions if session.is_ready(self)]
        departure = None if keeps_modules else Departure(self.state, others)
        try:
            if departure is not None:
                departure.announce()
        finally:
            self._uninstall(keeps_modules=keeps_modules)
            for handle in handles:
                self._let_go_of(handle)
            if departure is not None:
                departure.carry_out()
            give_back(self.state)
            self.state.close()
            let_go_of_specs()  # which hold the loader
            self.catalog.engine.ask("forget")

    def is_ready(self, asker: Session) -> bool:
        """Whether this is another session than the one that asks, and can find modules."""
        return self is not asker and self.state in states.active

    def _uninstall(self, *, keeps_modules: bool) -> None:
        with changing:
            for installed in (self.finder, self._missing_finder):
                if installed in sys.meta_path:
                    sys.meta_path.remove(installed)
            self.requirements.close()
            self.vanish()
            states.active = [other for other in states.active if other is not self.state]
            self.automation.stop()
            self.reloader = None
            handles, self.handles = self.handles, ()
        for library in [handle.settings.library for handle in handles]:
            if library is not None:
                take_back(library.package.__dict__, self.state)
                release(library.package, self.state, keeps_children=keeps_modules)

    def sessions_before(self) -> list[Session]:
        """The sessions whose finders stand before this one's."""
        return _sessions[: _sessions.index(self)]

    def __repr__(self) -> str:
        return f"<Session of {self.settings.tag}>"


def session_of(handle: Handle) -> Session | None:
    """The session that a handle is for, whether it is ready or not."""
    return next((session for session in _sessions if session.is_of(handle)), None)


def settings_in_use() -> list[Settings]:
    """The settings of the sessions that are there."""
    return [session.settings for session in _sessions]


def overlap(some: Iterable[Root], others: Iterable[Root]) -> bool:
    """Whether one of some roots is one of the others, or in one, or around one."""
    pairs = product(some, others)
    return any(one.contains(other.path) or other.contains(one.path) for one, other in pairs)


def forked() -> None:
    """In a forked child: ends what other threads were doing at that moment."""
    for session in _sessions:
        if session.handles or session.changer == threading.get_ident():
            session.forked()
        else:
            session.vanish()  # the thread that was setting it up is not here


def _scan(settings: Settings, engine: Engine) -> str:
    """Scans, and leaves out top-level modules that would shadow those of others. Returns the links. Raises AutoloadError."""
    with looking([root.path for root in settings.roots]):
        reserves = not settings.allow_shadowing and any(not root.namespace for root in settings.roots)
        if reserves:
            engine.ask("reserve", names=" ".join(sys.stdlib_module_names), owner=STANDARD_LIBRARY)
        summary = engine.ask("scan")
        if reserves:
            shadowed = shadowed_distributions(summary["top_level"].split(), settings.roots)
            for stem, what in shadowed.items():
                engine.ask("reserve", names=stem, owner=what)
            if shadowed:
                summary = engine.ask("scan")
    return summary["links"]


def _say_what_goes(handle: Handle, settings: Settings) -> None:
    """Says which roots are gone with a handle that another one has replaced: that may be meant, or not."""
    gone = [root.path for root in handle.settings.roots if root not in settings.roots]
    if gone:
        _log.warning(
            "%s: no root any more, since the loader that had it was set up by the same code as this one, which takes its place; "
            "give one loader all roots, or ignore this if it is what you want",
            " and ".join(gone),
        )


def _refuse_two_names(settings: Settings, handles: Iterable[Handle]) -> None:
    """Raises ConflictError for a root that another handle on the same session has under another name."""
    for theirs in [root for handle in handles for root in handle.settings.roots]:
        for ours in settings.roots:
            if ours.path == theirs.path and ours.namespace != theirs.namespace:
                raise ConflictError(
                    f"the root {ours.path} is {ours.namespace or 'the top level'!r} here, and {theirs.namespace or 'the top level'!r} "
                    "for another loader: give it one name, or call teardown() of the other first"
                )


def _refuse_overlaps(settings: Settings, others: Iterable[Session]) -> None:
    """Raises ConflictError for a root that overlaps one of another loader, unless that is left out there."""
    for other in others:
        for theirs in other.settings.roots:
            for ours in settings.roots:
                if theirs.contains(ours.path):
                    is_left = other.settings.is_ignored(ours.path)
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
