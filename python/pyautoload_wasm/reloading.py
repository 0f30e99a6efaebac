"""What users call to have changed files reloaded."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from pyautoload_wasm._reload import watch as watching
from pyautoload_wasm._base.arguments import StrPath, plain_text, shown
from pyautoload_wasm._project.callbacks import Callbacks
from pyautoload_wasm.errors import ConfigurationError, ReloadError, ReloadingDisabledError
from pyautoload_wasm.queries import Queries
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._base.frames import unseen_methods
from pyautoload_wasm._reload.tracking import Tracking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Self

    from pyautoload_wasm._project.callbacks import ModuleCallback
    from pyautoload_wasm._results.reports import ReloadReport
    from pyautoload_wasm._reload.watch import Hold

    FlushMode = Literal["auto", "manual"]
    C = TypeVar("C", bound=Callable[..., object])

KINDS = ("created", "modified", "deleted", "renamed")


@unseen_methods
class Reloading(Queries):
    """The part of an AutoLoader that reloads."""

    def __init__(self, *, allow_shadowing: bool) -> None:
        super().__init__(allow_shadowing=allow_shadowing)
        self._callbacks = Callbacks()
        self._tracking = Tracking()
        self._reloads = False
        self._reloader: Reloader | None = None
        self._watches = IN_PYODIDE
        self._flushes: FlushMode = "auto"
        self._automation = watching.Automation()
        self._tell_report: Callable[[str], object] | None = None

    def enable_reloading(self, watch: bool | None = None, *, flush: FlushMode | None = None) -> Self:
        """From now on takes events of changed files. Before or after `setup`.

        With ``watch`` the files are watched: in Pyodide unless told otherwise, elsewhere on demand, by watchfiles (``pip install
        pyautoload_wasm[watch]``). With ``flush="auto"`` events are applied by themselves: in Pyodide on a later turn of the event
        loop, elsewhere by the thread that watches; not during an import, a reload or a `hold`. With ``"manual"`` only
        `flush` applies them.

        Raises ConfigurationError for other arguments and where watchfiles is missing, AutoloadError where folders cannot be watched.
        """
        if not any(watch is one for one in (None, True, False)):
            raise ConfigurationError(f"enable_reloading(watch={shown(watch)}): pass True, False or None")
        if flush is not None and not (isinstance(flush, str) and flush in ("auto", "manual")):
            raise ConfigurationError(f"enable_reloading(flush={shown(flush)}): pass 'auto' or 'manual'")
        if watch:
            watching.require()
        before = self._reloads, self._watches, self._flushes
        self._reloads = True
        self._watches = self._watches if watch is None else watch
        self._flushes = flush or self._flushes
        try:
            self._start_reloader()
        except BaseException:
            self._reloads, self._watches, self._flushes = before
            raise
        return self

    @property
    def is_reloading(self) -> bool:
        """Whether the loader is set up and takes events."""
        return self._reloader is not None

    def unwatch(self) -> Self:
        """Ends the watching. Events that come by `notify` are taken as before."""
        self._watches = False
        if self._reloader is not None:
            self._start_reloader()
        return self

    def hold(self) -> Hold:
        """Keeps automatic flushes off until ``release()`` of what it returns, or for a ``with`` block, so that nobody's modules change
        in the middle of a run that awaits. Waits for one that is under way in another thread.
        """
        return watching.Hold(self._automation)

    def do_not_reload(self, *globs: StrPath) -> Self:
        """Leaves modules as they are, whatever happens to their files: those that hold state. Globs as for `ignore`.

        Raises ConfigurationError for what is no glob, with the position.
        """
        for glob in globs:
            self._engine.ask("do_not_reload", pattern=plain_text(glob, "do_not_reload()"))
        return self

    def track(self, namespace: dict[str, Any]) -> Self:
        """Keeps the names of a namespace current, such as a notebook's ``globals()``: what is bound to an object of a module that is
        reloaded is bound to its successor. A number or a text is followed only under the name that it has in the module.

        Raises ConfigurationError for what is no dict.
        """
        self._tracking.add(namespace)
        return self

    def untrack(self, namespace: dict[str, Any]) -> Self:
        """Ends what `track` began."""
        self._tracking.remove(namespace)
        return self

    # Events

    def notify(
        self,
        path: StrPath | Iterable[Mapping[str, str]],
        kind: str = "modified",
        to: StrPath | None = None,
    ) -> Self:
        """Notes that a file or a directory was created, modified, deleted or renamed (to another path). Cheap: `flush` applies it.
        Takes a list of such events as well: ``[{"kind": "renamed", "path": "/a.py", "to": "/b.py"}]``.

        Raises ConfigurationError for another kind and what is no path, ReloadingDisabledError without `enable_reloading`.
        """
        reloader = self._require_reloader("notify()")
        reloader.mark(_paths_of(path, kind, to))
        return self

    def flush(self) -> ReloadReport:
        """Applies all events since the last flush. What fails is in the report, and runs its old code until it can be reloaded. While
        a module is being imported or another flush is under way the events wait, and the report says so.

        Raises ReloadingDisabledError without `enable_reloading`, AutoloadError where a root cannot be read.
        """
        return self._require_reloader("flush()").flush()

    def reload(self) -> ReloadReport:
        """Looks at all files for changes that nobody reported, by content, applies them, and tries again what has failed before.

        Raises what `flush` raises.
        """
        return self._require_reloader("reload()").flush(rescan=True)

    def reload_module(self, name: str) -> ReloadReport:
        """Reloads one loaded module, and what imports it.

        Raises ReloadError for a module that is not loaded, and what `flush` raises.
        """
        reloader = self._require_reloader("reload_module()")
        name = plain_text(name, "reload_module()")
        finder = self._finder
        real = finder.loaded_name(name) if finder is not None else None
        if real is None:
            raise ReloadError(f"{name!r} is not loaded by this loader: import it first, or correct the name", name=name)
        return reloader.flush(forced=[real])

    # Callbacks

    def on_setup(self, callback: C) -> C:
        """Calls a function without arguments after each `setup`; now, if that is done. Also as a decorator."""
        self._callbacks.on_setup.append(_callable(callback, "on_setup"))
        if self._finder is not None:
            self._callbacks.set_up(callback)
        return callback

    @overload
    def on_load(self, name: str | None = None) -> Callable[[C], C]: ...
    @overload
    def on_load(self, name: C) -> C: ...
    def on_load(self, name: Any = None) -> Any:
        """Calls a function (name, module) after a module has run: one module, or each. Also as a decorator, with or without a name."""
        return _registering("on_load", self._callbacks.on_load, name)

    @overload
    def on_unload(self, name: str | None = None) -> Callable[[C], C]: ...
    @overload
    def on_unload(self, name: C) -> C: ...
    def on_unload(self, name: Any = None) -> Any:
        """Calls a function (name, module) before a module leaves ``sys.modules``: one module, or each. Also as a decorator."""
        return _registering("on_unload", self._callbacks.on_unload, name)

    def on_reload(self, callback: C) -> C:
        """Calls a function with the report after each flush that had something to do. Also as a decorator."""
        self._callbacks.on_reload.append(_callable(callback, "on_reload"))
        return callback

    def tell_reports(self, tell: Callable[[str], object] | None) -> Self:
        """Calls a function with each report as JSON, after the flush; none with None. For the npm package."""
        self._tell_report = tell
        return self

    def _start_reloader(self) -> None:
        """Makes the reloader, unless it is there, and has it watch as configured."""
        if self._finder is None or not self._reloads:
            return
        if self._reloader is None:
            self._reloader = Reloader(self._finder, [root.path for root in self._roots], self._tracking)
            self._reloader.on_report = self._report
        self._automation.start(self._reloader, watches=self._watches, flushes=self._flushes == "auto")

    def _stop_reloader(self) -> None:
        self._automation.stop()
        self._reloader = None

    def _report(self, report: ReloadReport) -> None:
        if self._tell_report is not None:
            self._tell_report(json.dumps(report.plain()))

    def _require_reloader(self, call: str) -> Reloader:
        if not self._reloads:
            raise ReloadingDisabledError(f"{call} needs reloading: call enable_reloading() first")
        self._require_setup(call)
        self._start_reloader()
        assert self._reloader is not None
        return self._reloader


def _callable(callback: Any, call: str) -> Any:
    if not callable(callback):
        raise ConfigurationError(f"{call}({shown(callback)}): pass a function")
    return callback


def _registering(call: str, callbacks: list[tuple[str | None, ModuleCallback]], name: Any) -> Any:
    if callable(name):
        callbacks.append((None, name))
        return name
    wanted = None if name is None else plain_text(name, f"{call}()")

    def register(callback: Any) -> Any:
        callbacks.append((wanted, _callable(callback, call)))
        return callback

    return register


def _paths_of(path: Any, kind: Any, to: Any) -> list[str]:
    """The paths that events are about."""
    if isinstance(path, str | os.PathLike):
        events: list[Any] = [{"path": path, "kind": kind, "to": to}]
    else:
        try:
            events = list(path)
        except TypeError:
            events = [path]
    paths = []
    for event in events:
        try:
            kind, where, target = event["kind"], event["path"], event.get("to")
        except (AttributeError, KeyError, TypeError):
            raise ConfigurationError(
                f'notify({shown(event)}): pass a path, or events such as {{"kind": "modified", "path": "/app/user.py"}}'
            ) from None
        if kind not in KINDS:
            raise ConfigurationError(f"notify(kind={shown(kind)}): pass one of {', '.join(KINDS)}")
        if (target is None) == (kind == "renamed"):
            way_out = "say what it is called now, with to=" if target is None else "pass to= for a renamed path alone"
            raise ConfigurationError(f"notify(kind={kind!r}): {way_out}")
        paths += [os.path.abspath(plain_text(one, "notify()")) for one in (where, target) if one is not None]
    return paths
