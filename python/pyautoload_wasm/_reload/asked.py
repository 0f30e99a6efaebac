"""What somebody asks of the next flush: events, modules to reload, a look at all files."""

from __future__ import annotations

from threading import get_ident


class Asked:
    """What the next flush has to do. Any thread may ask at any time, without a lock: each step is one of a dict's own."""

    def __init__(self) -> None:
        #: Absolute paths to which something has happened.
        self.paths: dict[str, None] = {}
        #: Modules to reload in any case.
        self.forced: dict[str, None] = {}
        #: Whether to look for changes that nobody reported.
        self.rescans = False
        #: Who asks.
        self.thread = get_ident()

    def add(self, other: Asked) -> None:
        """Asks for what another one asks for, too."""
        self.paths.update(other.paths)
        self.forced.update(other.forced)
        self.rescans = self.rescans or other.rescans

    def take(self, other: Asked) -> None:
        """Asks for what another one asks for, and asks there no longer. Of what another thread adds meanwhile nothing is lost, since
        nothing was looked at yet.
        """
        for mine, theirs in ((self.paths, other.paths), (self.forced, other.forced)):
            for name in list(theirs):
                mine[name] = None
                theirs.pop(name, None)
        if other.rescans:
            self.rescans, other.rescans = True, False

    def __bool__(self) -> bool:
        return bool(self.paths or self.forced or self.rescans)
