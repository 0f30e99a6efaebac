"""One run of a program of random shape: edits and flushes, until so many edits are made."""

from __future__ import annotations

import random

from ..counts import Counts
from ..layout import Disk
from ..session import Session
from .edits import Editor


class TreeRun:
    """A random project that is edited while it runs."""

    def __init__(self, seed: int, base: str, *, forks: bool) -> None:
        self.random = random.Random(seed)
        self.counts = Counts()
        self.steps = 0
        self.editor = Editor(self.random, Disk(base), self.random.choice((10, 20, 35, 55)))
        self.session = Session(base, self.editor, forks=forks)

    def go(self, edits: int) -> Counts:
        session, chosen, counts = self.session, self.random, self.counts
        session.import_some(chosen, 1.0)
        while counts.edits < edits:
            self.steps += 1
            for _ in range(chosen.choice((1, 1, 1, 2, 4))):
                what, events = self.editor.edit()
                counts.edits += 1
                session.history.append(f"{what} {' '.join(str(event) for event in events)}")
                session.notify(events, at_once=chosen.random() < 0.5)
            counts.add(session.flush(is_rescan=chosen.random() < 0.1))
            session.import_some(chosen, chosen.choice((0.0, 0.5, 1.0, 1.0)))
        return counts
