"""Runs of either kind: of programs of random shape, and of programs that are made of features."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable

from .actions import ACTIONS
from .awaited import is_awaited
from .counts import Counts
from .labelled.run import LabelledRun
from .layout import Disk
from .program import ANY, Program, Wish
from .session import Session, UntrueError
from .threads import flush_meanwhile, import_meanwhile
from .tree.run import TreeRun

#: Actions that need threads, with their weights.
THREADED = {"import_meanwhile": (import_meanwhile, 5), "flush_meanwhile": (flush_meanwhile, 3)}


class FeatureRun:
    """A program of features that is edited, and used by hand, while it runs. Each step makes its choices by itself, so that others can
    be left out.
    """

    def __init__(self, seed: int, base: str, wish: Wish, *, forks: bool) -> None:
        self.seed = seed
        self.wish = wish
        self.counts = Counts()
        self.program = Program(seed, Disk(base), wish)
        self.session = Session(base, self.program, forks=forks, asked=wish.asked, objects_follow=wish.objects_follow)
        for feature in self.program.features:
            feature.attach(self.session.loader)
        self.steps = 0
        self._actions = {
            name: action
            for name, action in ({**ACTIONS, **THREADED} if forks else ACTIONS).items()
            if not is_awaited(f"action.{name}", wish.asked)
        }

    def go(self, edits: int) -> Counts:
        """Steps, until so many edits are made, or to the end that was asked for."""
        self.session.import_some(random.Random(f"{self.seed}/imports"), 0.7)
        end = self.wish.end
        while self.counts.edits < edits if end is None else self.steps < end:
            self.steps += 1
            if self.steps not in self.wish.skipped:
                self._step(random.Random(f"{self.seed}/step {self.steps}"))
        return self.counts

    def _step(self, chosen: random.Random) -> None:
        weights = [weight for _, weight in self._actions.values()]
        [name] = chosen.choices(list(self._actions), weights)
        self._actions[name][0](self, chosen)
        if chosen.random() < 0.8:
            self.flush(chosen)

    def flush(self, chosen: random.Random) -> None:
        """Flushes, and compares."""
        self.counts.add(self.session.flush(is_rescan=chosen.random() < 0.2))

    def edit(self, chosen: random.Random) -> None:
        """One edit, and its events."""
        self.counts.edits += 1
        made = self.program.edit(chosen)
        if made is None:
            return
        what, events = made
        self.session.history.append(f"{what} {' '.join(str(event) for event in events)}")
        self.session.notify(events, at_once=chosen.random() < 0.5)

    def by_hand(self, name: str, execute: Callable[[], object]) -> None:
        """A module is executed by its user."""
        session = self.session
        session.history.append(f"by hand: {name}")
        execute()
        session.taken_out()
        session.by_hand[name] = set()
        session.again[name] += 1
        session.note({name})
        session.untrack([bound for bound, of in session.tracked.items() if of == name])


def run_tree(seed: int, edits: int, folder: str, *, forks: bool) -> Counts:
    """Runs one program of random shape, in an empty folder. Raises UntrueError, with the seed."""
    base = os.path.realpath(folder) + "/app"
    return _gone(TreeRun(seed, base, forks=forks), seed, edits, base)


def run_features(seed: int, edits: int, folder: str, *, forks: bool, wish: Wish = ANY) -> Counts:
    """Runs one program of features, in an empty folder. Raises UntrueError, with the seed."""
    base = os.path.realpath(folder) + "/app"
    return _gone(FeatureRun(seed, base, wish, forks=forks), seed, edits, base)


def run_labelled(seed: int, edits: int, folder: str, *, forks: bool, subjects: frozenset[str] = frozenset()) -> Counts:
    """Runs one program whose edits have labels, in an empty folder. Raises UntrueError, with the seed."""
    base = os.path.realpath(folder) + "/app"
    return _gone(LabelledRun(seed, base, forks=forks, subjects=subjects), seed, edits, base)


def _gone(run: TreeRun | FeatureRun | LabelledRun, seed: int, edits: int, base: str) -> Counts:
    try:
        counts = run.go(edits)
    except UntrueError as error:
        path = run.session.dump(str(error))
        where = f"seed {seed}, after {run.counts.edits} edits; all of it is in {path}"
        raise UntrueError(f"{where}\n{error}", steps=run.steps) from None
    finally:
        run.session.close()
    shutil.rmtree(base)
    return counts
