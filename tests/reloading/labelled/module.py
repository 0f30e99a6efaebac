"""A file of a labelled program: what it says, and what differs from an earlier version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .blocks import Block
from .labels import Change, Facts, Step, execution

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Module:
    """What a file says."""

    blocks: tuple[Block, ...]
    #: Comments before some blocks, by the block's number, and at the end, by 0.
    notes: tuple[tuple[int, int], ...] = ()
    fault: str | None = None
    #: Whether it is the `__init__.py` of a folder.
    is_package: bool = False

    def file(self, stem: str) -> str:
        """The path of the file, by the last part of the module's name."""
        return f"{stem}/__init__.py" if self.is_package else f"{stem}.py"

    def text(self) -> str:
        """The text of the file."""
        notes = dict(self.notes)
        parts = [self._note(notes, block.number) + block.text() for block in self.blocks]
        return "".join(parts) + self._note(notes, 0)

    @staticmethod
    def _note(notes: dict[int, int], number: int) -> str:
        return f"\n# Note {notes[number]}.\n" if number in notes else ""

    def data(self) -> dict[str, str | None]:
        """What is in the data files beside it, by name; None of one that is not there."""
        return {name: content for block in self.blocks for name, content in block.data().items()}

    def changes(self, was: Module, facts: Facts) -> Iterator[Change]:
        """What differs from the version that runs, each with its label."""
        before, now = ({block.number: block for block in module.blocks} for module in (was, self))
        for number, block in now.items():
            if number not in before:
                yield block.comes(facts, "added")
            elif block != before[number]:
                yield from block.changes(before[number], facts)
        for number, block in before.items():
            if number not in now:
                yield block.comes(facts, "removed")
        common = before.keys() & now.keys()
        if [number for number in before if number in common] != [number for number in now if number in common]:
            yield execution("definitions in another order")
        if self.is_package != was.is_package:
            yield execution("package made of a module" if self.is_package else "module made of a package", ".py now")
        moved = self.data().keys() | was.data().keys() if self.is_package != was.is_package else set()
        yield from (
            execution("data file that came or went", name) for name in moved | self.data().keys() ^ was.data().keys()
        )
        if self.text() != was.text():
            yield Change(Step.LINES, "line numbers")
