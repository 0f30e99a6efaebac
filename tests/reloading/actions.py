"""What else can happen to a program while it runs, besides edits: what its user does by hand."""

from __future__ import annotations

import importlib
import os
import random
import shutil
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any
from unittest import mock

from .layout import parent_of
from .record import attribute_of, is_at_parent, own

if TYPE_CHECKING:
    from .run import FeatureRun


def edit(run: FeatureRun, chosen: random.Random) -> None:
    """Some edits."""
    for _ in range(chosen.choice((1, 1, 1, 2, 4))):
        run.edit(chosen)


def import_some(run: FeatureRun, chosen: random.Random) -> None:
    """Modules are imported."""
    run.session.import_some(chosen, chosen.choice((0.1, 0.3, 1.0)))


def call(run: FeatureRun, chosen: random.Random) -> None:
    """Functions are called that import something."""
    session = run.session
    model = run.program.model()
    for name in _current(run):
        for function, imported in sorted(model.calls(name).items()):
            if chosen.random() < 0.5:
                continue
            session.history.append(f"call {name}.{function}()")
            # While no module's body runs, only the first import of a module is seen.
            first = imported - set(sys.modules)
            unbound = {one for one in imported - first if not is_at_parent(one)}
            try:
                getattr(sys.modules[name], function)()
            except Exception as error:
                session.history.append(f"  {type(error).__name__}: {error}")
            session.executed[name].observed.update(first)
            session.executed[name].before.update(unbound)
    session.note()


def reload_by_hand(run: FeatureRun, chosen: random.Random) -> None:
    """A module is executed again by `importlib.reload`."""
    name = _any_file(run, chosen)
    if name is not None:
        run.by_hand(name, lambda: importlib.reload(sys.modules[name]))


def reload_module(run: FeatureRun, chosen: random.Random) -> None:
    """The loader is asked to reload one module."""
    name = _any_file(run, chosen)
    if name is not None:
        run.counts.add(run.session.flush(forced=name))


def import_again(run: FeatureRun, chosen: random.Random) -> None:
    """A module is taken out of sys.modules and imported."""
    name = _any_file(run, chosen)
    if name is not None and not hasattr(sys.modules[name], "__path__"):
        run.by_hand(name, lambda: _import_again(name))


def _import_again(name: str) -> None:
    before = sys.modules.pop(name)
    try:
        importlib.import_module(name)
    except BaseException:
        sys.modules[name] = before
        raise


def patch(run: FeatureRun, chosen: random.Random) -> None:
    """A name of a module is patched, somebody looks at it through the package, and the patch is taken back."""
    name = _any_file(run, chosen)
    if name is None or not parent_of(name):
        return
    stem = name.rpartition(".")[2]
    names = [key for key, _ in own(name)]
    key = attribute_of(stem) if attribute_of(stem) in names else chosen.choice(sorted(names))
    run.session.history.append(f"patch {name}.{key}")
    with mock.patch.object(sys.modules[name], key):
        getattr(sys.modules[parent_of(name)], attribute_of(stem), None)


def look(run: FeatureRun, chosen: random.Random) -> None:
    """Somebody looks at the attributes of packages, and imports modules under their camelized names."""
    for name in _current(run):
        parent = sys.modules.get(parent_of(name))
        key = attribute_of(name.rpartition(".")[2])
        if parent is None or key not in dict(own(name)) or chosen.random() < 0.5:
            continue
        run.session.history.append(f"look at {parent.__name__}.{key}")
        if chosen.random() < 0.3:
            importlib.import_module(f"{parent.__name__}.{key}")
        if getattr(parent, key) is not getattr(sys.modules[name], key):
            run.session.judge([f"{parent.__name__}.{key} is not what {name} has"])
    run.session.note()


def track(run: FeatureRun, chosen: random.Random) -> None:
    """Names come into a tracked namespace, by imports of which the loader is told, or is not."""
    session = run.session
    for name in _current(run):
        for key, value in own(name):
            is_its_own = isinstance(value, (type, FunctionType)) and (value.__module__, value.__name__) == (name, key)
            if is_its_own and not key.startswith("__") and chosen.random() < 0.3:
                session.namespace[key] = value
                session.tracked[key] = name
                if len(key) % 2:
                    session.loader.track(session.namespace, source=f"from {name} import {key}")
                session.history.append(f"from {name} import {key}")


def replace_root(run: FeatureRun, chosen: random.Random) -> None:
    """The root is moved away, and a copy takes its place, with an edit in it."""
    session, base = run.session, run.session.base
    aside = f"{os.path.dirname(base)}/aside"
    os.rename(base, aside)
    shutil.copytree(aside, base, symlinks=True)
    shutil.rmtree(aside)
    run.program.edit(chosen)
    session.history.append("the root is replaced")
    session.loader.notify(base)


def _current(run: FeatureRun) -> list[str]:
    """The loaded modules that are what their files say."""
    session, model = run.session, run.program.model()
    return sorted(
        name
        for name, was in session.executed.items()
        if name not in session.pending and name in sys.modules and model.contents(name) == was.contents
    )


def _any_file(run: FeatureRun, chosen: random.Random) -> str | None:
    """A loaded module that is executed from a file."""
    model = run.program.model()
    names = [name for name in _current(run) if model.units[name].file and name not in run.session.by_hand]
    return chosen.choice(names) if names else None


ACTIONS: dict[str, tuple[Any, int]] = {
    "edit": (edit, 30),
    "import_some": (import_some, 5),
    "call": (call, 3),
    "look": (look, 3),
    "track": (track, 2),
    "reload_module": (reload_module, 1),
    "reload_by_hand": (reload_by_hand, 2),
    "import_again": (import_again, 2),
    "patch": (patch, 2),
    "replace_root": (replace_root, 1),
}
