"""A labelled program: its modules on disk, and their edits."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from ..layout import TOP, Disk, Event
from ..model import PartsModel
from ..part import Part
from .annotations import Annotated
from .blocks import Block, Closure, Constant, Decorated, Function, Lambda, State, Statement, Taking
from .classes import Class, Reader, Uses
from .data import Data
from .facts import is_sound
from .hooks import Hooked
from .kept import Keeps, Kept
from .module import Module
from .proxies import Proxy
from .readers import Hands
from .stars import Listed, Private, Star, Twin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: What modules are made of, with weights; and what they take from those before them.
BLOCKS: dict[type[Block], int] = {
    Function: 8,
    Class: 6,
    Closure: 2,
    Lambda: 2,
    State: 2,
    Decorated: 3,
    Constant: 2,
    Statement: 1,
    Annotated: 2,
    Hooked: 2,
    Kept: 2,
    Data: 1,
    Private: 1,
    Proxy: 1,
    Twin: 1,
    Listed: 1,
}
TAKING: dict[type[Taking], int] = {Uses: 6, Hands: 3, Keeps: 2, Star: 2}
SUBJECTS = {kind.__name__.lower(): kind for kind in (*BLOCKS, *TAKING)}
FAULTS = ("syntax", "RuntimeError('broken')")
#: A module's stem is this and its place: it takes only from those before it.
_STEM = "part"


class Program:
    """The files of a labelled program on disk, and their edits; with a few of all subjects, if they are named."""

    def __init__(self, chosen: random.Random, disk: Disk, subjects: frozenset[str] = frozenset()) -> None:
        self.random = chosen
        self._disk = disk
        self._blocks = {kind: weight for kind, weight in BLOCKS.items() if _is_wanted(kind, subjects)}
        self._taking = {kind: weight for kind, weight in TAKING.items() if _is_wanted(kind, subjects)}
        self._numbers = 0
        #: By stem.
        self.modules: dict[str, Module] = {}
        for _ in range(chosen.choice((1, 2, 4, 6))):
            self._make()

    def model(self) -> PartsModel:
        """What the files import now."""
        return PartsModel({module.file(stem): self._part(module) for stem, module in self.modules.items()})

    def texts(self) -> dict[str, bytes]:
        """The files."""
        return {module.file(stem): self._part(module).render() for stem, module in self.modules.items()}

    def by_name(self) -> dict[str, Module]:
        """The modules as their files are now."""
        return {f"{TOP}.{stem}": module for stem, module in self.modules.items()}

    @staticmethod
    def _part(module: Module) -> Part:
        imports = frozenset(block.module for block in module.blocks if isinstance(block, Taking))
        loose = frozenset(name for block in module.blocks for name in block.loose())
        return Part(module.text(), imports, loose=loose, data=tuple(module.data().items()), fault=module.fault)

    # How it is made

    def _make(self) -> list[Event]:
        """Makes one more module, which imports none that come later."""
        chosen = self.random
        at = max(map(_place, self.modules), default=-1) + 1
        stem = f"{_STEM}{at}"
        while True:
            blocks = [block for _ in range(chosen.randrange(4)) for block in self._take(at)]
            blocks += [self._new() for _ in range(chosen.choice((2, 4, 7)))]
            if chosen.random() < 0.15:
                blocks.append(Reader(self._number()))
            module = Module(tuple(blocks), is_package=chosen.random() < 0.1)
            if self._fits(stem, module):
                return self._put(stem, module)

    def _fits(self, stem: str, module: Module) -> bool:
        """Whether the program is one with this version of a module."""
        return is_sound({f"{TOP}.{one}": it for one, it in {**self.modules, stem: module}.items()})

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _new(self) -> Block:
        chosen = self.random
        [kind] = chosen.choices([*self._blocks], [*self._blocks.values()])
        block: Block = kind(self._number())
        for _ in range(chosen.randrange(4)):
            _, block = block.edit(chosen)
        return replace(block, form="plain") if isinstance(block, Function) and block.is_called else block

    def _take(self, at: int) -> Iterator[Block]:
        """Something of a module before a place, if there is any."""
        chosen = self.random
        before = [stem for stem in self.modules if _place(stem) < at]
        if not before or not self._taking:
            return
        stem = chosen.choice(before)
        [kind] = chosen.choices([*self._taking], [*self._taking.values()])
        names = (
            [block.name for block in self.modules[stem].blocks if isinstance(block, kind.TAKES)] if kind.TAKES else [""]
        )
        if names:
            block = kind(self._number(), f"{TOP}.{stem}", chosen.choice(names))
            yield block.edit(chosen)[1] if block.KINDS and chosen.random() < 0.7 else block

    # How it is edited

    def edit(self) -> tuple[str, list[Event]] | None:
        """Makes an edit. Returns its kind and its events; None where it would make another program."""
        chosen = self.random
        stem = chosen.choice(sorted(self.modules))
        edits: dict[Callable[[str], tuple[str, Module] | None], int] = {
            self._change: 60,
            self._note: 12,
            self._add: 8,
            self._remove: 6,
            self._call_another: 3,
            self._move: 1,
            self._touch: 3,
            self._turn: 2,
        }
        [make] = chosen.choices([*edits], [*edits.values()])
        made = make(stem)
        if made is None or not self._fits(stem, made[1]):
            return None
        return made[0], self._put(stem, made[1])

    def break_or_mend(self) -> tuple[str, list[Event]]:
        """Breaks a file, or mends those that are broken."""
        broken = [stem for stem, module in self.modules.items() if module.fault]
        if broken:
            return "mended", [
                event for stem in broken for event in self._put(stem, replace(self.modules[stem], fault=None))
            ]
        stem, fault = self.random.choice(sorted(self.modules)), self.random.choice(FAULTS)
        return "broken", self._put(stem, replace(self.modules[stem], fault=fault))

    def come_or_go(self) -> tuple[str, list[Event]]:
        """Makes a file, or deletes one that nothing is taken from."""
        taken = {
            block.module for module in self.modules.values() for block in module.blocks if isinstance(block, Taking)
        }
        free = [stem for stem in self.modules if f"{TOP}.{stem}" not in taken]
        if len(self.modules) < 2 or self.random.random() < 0.5:
            return "made", self._make()
        stem = self.random.choice(free)
        return "deleted", [self._delete(file) for file in self._files(stem, self.modules.pop(stem))]

    def _put(self, stem: str, module: Module) -> list[Event]:
        """Writes the files of a module that differ, or the module's own where none does."""
        before = self._files(stem, self.modules[stem]) if stem in self.modules else {}
        now = self._files(stem, module)
        self.modules[stem] = module
        events = [self._delete(file) for file in before if file not in now]
        for file in [file for file in now if now[file] != before.get(file)] or [module.file(stem)]:
            self._disk.write(file, now[file])
            events.append({"kind": "modified" if file in before else "created", "path": self._disk.path(file)})
        return events

    def _delete(self, file: str) -> Event:
        self._disk.delete(file)
        return {"kind": "deleted", "path": self._disk.path(file)}

    def _files(self, stem: str, module: Module) -> dict[str, bytes]:
        """A module's data files, and its own."""
        folder = f"{stem}/" if module.is_package else ""
        data = {f"{folder}{name}": text.encode() for name, text in module.data().items() if text is not None}
        return {**data, module.file(stem): self._part(module).render()}

    def _change(self, stem: str) -> tuple[str, Module] | None:
        module = self.modules[stem]
        places = [at for at, block in enumerate(module.blocks) if block.KINDS]
        if not places:
            return None
        at = self.random.choice(places)
        kind, block = module.blocks[at].edit(self.random)
        return kind, replace(module, blocks=(*module.blocks[:at], block, *module.blocks[at + 1 :]))

    def _note(self, stem: str) -> tuple[str, Module] | None:
        module = self.modules[stem]
        notes = dict(module.notes)
        number = self.random.choice([0, *(block.number for block in module.blocks)])
        if notes.pop(number, None) is None or self.random.random() < 0.5:
            notes[number] = self.random.randrange(100)
        return "comment", replace(module, notes=tuple(notes.items()))

    def _add(self, stem: str) -> tuple[str, Module] | None:
        module = self.modules[stem]
        if len(module.blocks) > 12:
            return None
        at = self.random.randrange(len(module.blocks) + 1)
        if self.random.random() < 0.6:
            blocks: list[Block] = [Function(self._number())]
        else:
            blocks = [self._new()] if self.random.random() < 0.7 else [*self._take(_place(stem))]
        return "added", replace(module, blocks=(*module.blocks[:at], *blocks, *module.blocks[at:]))

    def _remove(self, stem: str) -> tuple[str, Module] | None:
        module = self.modules[stem]
        if len(module.blocks) < 2:
            return None
        block = self.random.choice(module.blocks)
        return "removed", replace(module, blocks=tuple(one for one in module.blocks if one is not block))

    def _call_another(self, stem: str) -> tuple[str, Module] | None:
        module = self.modules[stem]
        functions = [block for block in module.blocks if isinstance(block, Function)]
        if len(functions) < 2:
            return None
        first, second = sorted(self.random.sample(functions, 2), key=module.blocks.index)
        return "call in a function", replace(
            module, blocks=tuple(replace(one, also=first.name) if one is second else one for one in module.blocks)
        )

    def _move(self, stem: str) -> tuple[str, Module] | None:
        blocks = list(self.modules[stem].blocks)
        self.random.shuffle(blocks)
        return "moved", replace(self.modules[stem], blocks=tuple(blocks))

    def _touch(self, stem: str) -> tuple[str, Module] | None:
        return "touch", self.modules[stem]

    def _turn(self, stem: str) -> tuple[str, Module] | None:
        module = self.modules[stem]
        return "turned", replace(module, is_package=not module.is_package)


def _is_wanted(kind: type[Block], subjects: frozenset[str]) -> bool:
    return not subjects or kind is Function or kind.__name__.lower() in subjects


def _place(stem: str) -> int:
    return int(stem.removeprefix(_STEM))
