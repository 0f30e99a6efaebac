"""What a feature is: one subject that a program can have, in a folder of its own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, ClassVar

from ..awaited import is_awaited
from ..layout import TOP

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from pyautoload_wasm import AutoLoader

    from ..part import Part

#: What an edit has renamed before it changed the rest: pairs of paths, files or folders. None where there was nothing to edit.
Moves = list[tuple[str, str]] | None


class Feature:
    """One subject: some files below a folder, what they import, and what can happen to them. It says what an edit changes; what has to
    follow from that is worked out from the files before and after it.
    """

    #: The name by which a run is asked for it.
    NAME: ClassVar[str]
    #: Ways to do it, of which each is tried, and may be awaited by itself.
    WAYS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, chosen: random.Random, folder: str, asked: frozenset[str]) -> None:
        self.folder = folder
        self.package = ".".join([TOP, *folder.split("/")])
        self.ways = [way for way in self.WAYS if not is_awaited(f"{self.NAME}.{way}", asked)]
        self._numbers = itertools.count(1)
        self.begin(chosen)

    def begin(self, chosen: random.Random) -> None:
        """Makes what the files depend on."""

    def files(self) -> dict[str, Part]:
        """The files as they are now, by path below the root."""
        raise NotImplementedError

    def links(self) -> dict[str, str]:
        """Links to folders: where they are, and which folder of the program they mean."""
        return {}

    def crossing(self) -> dict[str, str]:
        """Links through which nobody imports anything."""
        return {}

    def edits(self) -> list[Callable[[random.Random], Moves]]:
        """What can happen to the files, each with what it was in its name."""
        raise NotImplementedError

    def gives(self) -> list[str]:
        """Modules that others can take a ``VALUE`` from."""
        return []

    def attach(self, loader: AutoLoader) -> None:
        """Registers callbacks, where the feature has some."""

    def path(self, name: str) -> str:
        """The path of a file of the folder."""
        return f"{self.folder}/{name}"

    def module(self, stem: str) -> str:
        """The name of a module of the folder."""
        return f"{self.package}.{stem}"

    def number(self) -> int:
        """A number that nobody has had."""
        return next(self._numbers)
