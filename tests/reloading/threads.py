"""What other threads do while a flush is under way, in an order that the modules themselves set: natively alone."""

from __future__ import annotations

import importlib
import random
import sys
import threading
from typing import TYPE_CHECKING

from .flush import stale_ones
from .layout import parent_of
from .model import closure, reverse

if TYPE_CHECKING:
    from .run import FeatureRun

#: How long somebody waits for another thread; reached only when something is wrong.
_PATIENCE = 10.0


class _Importer:
    """Imports one module in a thread of its own, whose body waits until it may go on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.ran: set[str] = set()
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Returns when the module's body has begun."""
        self._thread.start()
        self.begun.wait(_PATIENCE)

    def end(self) -> None:
        """Lets the body go on, and waits for the end of the import."""
        self.may_end.set()
        self._thread.join(_PATIENCE)

    def counts(self, name: str) -> bool:
        """Takes an execution for this thread's, if it is. The module's own body waits then."""
        if threading.current_thread() is not self._thread:
            return False
        self.ran.add(name)
        if name == self.name:
            self.begun.set()
            self.may_end.wait(_PATIENCE)
        return True

    def _run(self) -> None:
        try:
            importlib.import_module(self.name)
        except Exception as error:
            self.error = error
        finally:
            self.begun.set()


def import_meanwhile(run: FeatureRun, chosen: random.Random) -> None:
    """Another thread imports a module that has nothing to do with the flush, for as long as that takes or within it."""
    for _ in range(2):
        run.edit(chosen)
    name = _apart(run, chosen)
    if name is None:
        return
    session, spans = run.session, chosen.random() < 0.5
    importer = _Importer(name)
    started = threading.Event()

    def on_run(ran: str) -> None:
        if importer.counts(ran):
            session.elsewhere.add(ran)
        elif not started.is_set():
            started.set()
            session.history.append(f"  meanwhile a thread imports {name}")
            importer.start()
            if not spans:
                importer.end()

    def after_flush() -> None:
        if started.is_set():
            importer.end()

    session.on_run, session.after_flush = on_run, after_flush
    try:
        run.flush(chosen)
    finally:
        session.on_run, session.after_flush = (lambda ran: None), (lambda: None)
    if started.is_set():
        _judge(run, importer)


def flush_meanwhile(run: FeatureRun, chosen: random.Random) -> None:
    """A flush while another thread is importing: it waits, executes nothing, and loses nothing."""
    run.edit(chosen)
    name = _apart(run, chosen)
    if name is None:
        return
    session = run.session
    importer = _Importer(name)
    session.on_run = importer.counts
    session.history.append(f"a thread imports {name}, and meanwhile: flush")
    try:
        importer.start()
        session.ran.clear()
        report = session.loader.flush() if importer.error is None else None
        ran = list(session.ran)
    finally:
        importer.end()
        session.on_run = lambda ran: None
    session.note()
    if report is not None and (not report.waiting or report.reloaded or report.failed):
        session.judge([f"a flush during an import says {report}, and that it waits: {report.waiting}"])
    if report is not None and set(ran) - importer.ran:
        session.judge([f"a flush during an import has executed {sorted(set(ran) - importer.ran)}"])
    _judge(run, importer)
    run.flush(chosen)


def _judge(run: FeatureRun, importer: _Importer) -> None:
    run.session.note()
    if importer.error is not None:
        run.session.judge([f"the import of {importer.name} in another thread raises {importer.error!r}"])
    if importer.name not in sys.modules:
        run.session.judge([f"{importer.name}, which another thread has imported, is not in sys.modules"])


def _apart(run: FeatureRun, chosen: random.Random) -> str | None:
    """A module that is not loaded, can be imported, and has nothing to do with what a flush may execute."""
    session, model = run.session, run.program.model()
    changed = stale_ones(session.executed, model) | session.stale | session.pending | {*session.by_hand}
    imports = {name: model.imports[name] | set(model.observed(name)) for name in model.units}
    others = {name for name in model.units if model.contents(name) != session.model.contents(name)}
    touched = closure(changed | others, reverse(imports, model.units))
    names = [name for name, unit in sorted(model.units.items()) if name in _loadable(run) and unit.file]
    apart = [name for name in names if not closure([name], imports) & touched]
    return chosen.choice(apart) if apart else None


def _loadable(run: FeatureRun) -> set[str]:
    """Modules that are not loaded, whose parents are, and whose file is not broken, nor one that they import."""
    model = run.program.model()
    broken = {name for name in model.units if (part := model.part(name)) is not None and part.fault is not None}
    imports = {name: model.imports[name] | set(model.observed(name)) for name in model.units}
    found = set()
    for name in set(model.units) - set(sys.modules):
        if parent_of(name) in sys.modules and not closure([name], imports) & broken:
            found.add(name)
    return found
