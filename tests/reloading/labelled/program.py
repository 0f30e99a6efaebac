"""A labelled program: its modules, what has run of them, and its edits."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..layout import Disk, Event, name_of
from ..model import PartsModel
from ..part import Part
from .blocks import Block, Closure, Constant, Decorated, Function, Lambda, State, Statement
from .classes import Class, Reader, Star, Uses
from .labels import Change, Facts, Step, coming, execution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

BLOCKS: tuple[tuple[type[Block], int], ...] = (
    (Function, 8),
    (Class, 6),
    (Closure, 2),
    (Lambda, 2),
    (State, 2),
    (Decorated, 3),
    (Constant, 2),
    (Statement, 1),
)
FAULTS = ("syntax", "RuntimeError('broken')")


@dataclass(frozen=True)
class Module:
    """What a file says."""

    blocks: tuple[Block, ...]
    #: Comments before some blocks, by the block's number, and at the end, by 0.
    notes: tuple[tuple[int, int], ...] = ()
    fault: str | None = None

    def text(self) -> str:
        notes = dict(self.notes)
        parts = [self._note(notes, block.number) + block.text() for block in self.blocks]
        return "".join(parts) + self._note(notes, 0)

    @staticmethod
    def _note(notes: dict[int, int], number: int) -> str:
        return f"\n# Note {notes[number]}.\n" if number in notes else ""

    def changes(self, was: Module, facts: Facts) -> Iterator[Change]:
        """What differs from the version that runs, each with its label."""
        before, now = ({block.number: block for block in module.blocks} for module in (was, self))
        for number, block in now.items():
            if number not in before:
                yield self._whole(block, facts, "added")
            elif block != before[number]:
                yield from block.changes(before[number], facts)
        for number, block in before.items():
            if number not in now:
                yield self._whole(block, facts, "removed")
        common = before.keys() & now.keys()
        if [number for number in before if number in common] != [number for number in now if number in common]:
            yield execution("definitions in another order")
        if self.text() != was.text():
            yield Change(Step.LINES, "line numbers")

    @staticmethod
    def _whole(block: Block, facts: Facts, what: str) -> Change:
        """The label of a block that has come or gone."""
        name = block.alone()
        return coming(facts, f"function {what}", name) if name else execution(f"statement {what}")


class Program:
    """The files of a labelled program on disk, and their edits."""

    def __init__(self, chosen: random.Random, disk: Disk) -> None:
        self.random = chosen
        self._disk = disk
        self._numbers = 0
        self.modules: dict[str, Module] = {}
        for at in range(chosen.choice((1, 2, 4, 6))):
            self.modules[f"m{at}.py"] = Module(tuple(self._blocks(at)))
        for file, text in self.texts().items():
            disk.write(file, text)

    def model(self) -> PartsModel:
        """What the files import now."""
        return PartsModel({file: self._part(module) for file, module in self.modules.items()})

    def texts(self) -> dict[str, bytes]:
        """The files."""
        return {file: self._part(module).render() for file, module in self.modules.items()}

    def by_name(self) -> dict[str, Module]:
        """The modules as their files are now."""
        return {name_of(file): module for file, module in self.modules.items()}

    @staticmethod
    def _part(module: Module) -> Part:
        imports = frozenset(block.module for block in module.blocks if isinstance(block, Uses | Star))
        loose = frozenset(name for block in module.blocks for name in block.loose())
        return Part(module.text(), imports, loose=loose, fault=module.fault)

    # How it is made

    def _blocks(self, at: int) -> Iterator[Block]:
        chosen = self.random
        if at and chosen.random() < 0.15:
            yield Star(self._number(), f"app.m{chosen.randrange(at)}")
        else:
            for _ in range(chosen.randrange(4) if at else 0):
                yield from self._use(at)
        for _ in range(chosen.choice((2, 4, 7))):
            yield self._new()
        if chosen.random() < 0.15:
            yield Reader(self._number())

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _new(self) -> Block:
        chosen = self.random
        kinds, weights = zip(*BLOCKS, strict=True)
        [kind] = chosen.choices(kinds, weights)
        block: Block = kind(self._number())
        for _ in range(chosen.randrange(4)):
            _, block = block.edit(chosen)
        return replace(block, form="plain") if isinstance(block, Function) and block.is_called else block

    def _use(self, at: int) -> Iterator[Block]:
        file = f"m{self.random.randrange(at)}.py"
        names = [block.name for block in self.modules[file].blocks if isinstance(block, Function | Class)]
        if names:
            block = Uses(self._number(), module=name_of(file), taken=self.random.choice(names))
            yield block.edit(self.random)[1] if self.random.random() < 0.7 else block

    # How it is edited

    def edit(self) -> tuple[str, list[Event]] | None:
        """Makes an edit. Returns its kind and its events; None where it would make another program."""
        chosen = self.random
        file = chosen.choice(sorted(self.modules))
        edits: list[tuple[Callable[[str], tuple[str, Module] | None], int]] = [
            (self._change, 60),
            (self._note, 12),
            (self._add, 8),
            (self._remove, 6),
            (self._call_another, 3),
            (self._move, 1),
            (self._touch, 3),
        ]
        [make] = chosen.choices([edit for edit, _ in edits], [weight for _, weight in edits])
        made = make(file)
        if made is None or not self._is_sound({**self.modules, file: made[1]}):
            return None
        return made[0], [self._put(file, made[1])]

    def break_or_mend(self) -> tuple[str, list[Event]]:
        """Breaks a file, or mends those that are broken."""
        broken = [file for file, module in self.modules.items() if module.fault]
        if broken:
            return "mended", [self._put(file, replace(self.modules[file], fault=None)) for file in broken]
        file, fault = self.random.choice(sorted(self.modules)), self.random.choice(FAULTS)
        return "broken", [self._put(file, replace(self.modules[file], fault=fault))]

    def _put(self, file: str, module: Module) -> Event:
        self.modules[file] = module
        self._disk.write(file, self._part(module).render())
        return {"kind": "modified", "path": self._disk.path(file)}

    def _change(self, file: str) -> tuple[str, Module] | None:
        module = self.modules[file]
        places = [at for at, block in enumerate(module.blocks) if block.KINDS]
        if not places:
            return None
        at = self.random.choice(places)
        kind, block = module.blocks[at].edit(self.random)
        return kind, replace(module, blocks=(*module.blocks[:at], block, *module.blocks[at + 1 :]))

    def _note(self, file: str) -> tuple[str, Module] | None:
        module = self.modules[file]
        notes = dict(module.notes)
        number = self.random.choice([0, *(block.number for block in module.blocks)])
        if notes.pop(number, None) is None or self.random.random() < 0.5:
            notes[number] = self.random.randrange(100)
        return "comment", replace(module, notes=tuple(notes.items()))

    def _add(self, file: str) -> tuple[str, Module] | None:
        module = self.modules[file]
        if len(module.blocks) > 12:
            return None
        at = self.random.randrange(len(module.blocks) + 1)
        block = Function(self._number()) if self.random.random() < 0.6 else self._new()
        return "added", replace(module, blocks=(*module.blocks[:at], block, *module.blocks[at:]))

    def _remove(self, file: str) -> tuple[str, Module] | None:
        module = self.modules[file]
        if len(module.blocks) < 2:
            return None
        block = self.random.choice(module.blocks)
        return "removed", replace(module, blocks=tuple(one for one in module.blocks if one is not block))

    def _call_another(self, file: str) -> tuple[str, Module] | None:
        module = self.modules[file]
        functions = [block for block in module.blocks if isinstance(block, Function)]
        if len(functions) < 2:
            return None
        first, second = sorted(self.random.sample(functions, 2), key=module.blocks.index)
        return "call in a function", replace(
            module, blocks=tuple(replace(one, also=first.name) if one is second else one for one in module.blocks)
        )

    def _move(self, file: str) -> tuple[str, Module] | None:
        blocks = list(self.modules[file].blocks)
        self.random.shuffle(blocks)
        return "moved", replace(self.modules[file], blocks=tuple(blocks))

    def _touch(self, file: str) -> tuple[str, Module] | None:
        return "touch", self.modules[file]

    def _is_sound(self, files: Mapping[str, Module]) -> bool:
        """Whether a program can be imported, and what it calls runs at once."""
        defined: dict[str, dict[str, Block]] = {}
        for file, module in files.items():
            there: dict[str, Block] = {}
            for block in module.blocks:
                if isinstance(block, Function) and block.also and block.also not in there:
                    return False
                if isinstance(block, Function | Class):
                    there[block.name] = block
                if isinstance(block, Uses) and block.taken not in defined[block.module]:
                    return False
            defined[name_of(file)] = there
        facts = facts_of({name_of(file): module for file, module in files.items()})
        return all(
            block.form == "plain"
            for name, there in defined.items()
            for block in there.values()
            if isinstance(block, Function) and block.name in facts[name].ran
        )


def facts_of(running: Mapping[str, Module]) -> dict[str, Facts]:
    """What has happened to each of the modules that are loaded, by the versions that run."""
    ran: dict[str, set[str]] = {name: set() for name in running}
    listed, read, wanted, used, handed = set(), set(), set(), set(), set()
    for name, module in running.items():
        for block in module.blocks:
            ran[name] |= block.called()
            used |= block.used()
            if isinstance(block, Uses) and block.way != "inside":
                wanted.add(block.taken)
                handed |= block.handed()
                ran.setdefault(block.module, set()).update(block.called_there())
            if isinstance(block, Reader):
                read.add(name)
            elif isinstance(block, Star):
                listed.add(block.module)
    for name, module in running.items():
        calls = {caller: called for block in module.blocks for caller, called in block.calls().items()}
        pending = list(ran[name])
        while pending:
            called = calls.get(pending.pop())
            if called is not None and called not in ran[name]:
                ran[name].add(called)
                wanted.add(called)
                pending.append(called)
    names = frozenset(wanted), frozenset(used), frozenset(handed)
    return {name: Facts(frozenset(functions), name in listed, name in read, *names) for name, functions in ran.items()}
