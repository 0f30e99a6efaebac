"""What has happened to the modules of a labelled program, and whether it can be imported at all: both by what its blocks say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .blocks import Block, Function, Taking
from .classes import Reader
from .labels import Facts
from .stars import Listed, Star, Twin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .module import Module


def facts_of(running: Mapping[str, Module]) -> dict[str, Facts]:
    """What has happened to each of the modules that are loaded, by the versions that run."""
    blocks = [block for module in running.values() for block in module.blocks]
    listed = {block.module for block in blocks if isinstance(block, Star)}
    wanted = {name for block in blocks for name in block.wanted()}
    used = frozenset(name for block in blocks for name in block.used())
    handed = frozenset(name for block in blocks for name in block.handed())
    ran: dict[str, set[str]] = {
        name: {called for block in module.blocks for called in block.called()} for name, module in running.items()
    }
    for block in blocks:
        if isinstance(block, Taking):
            ran.setdefault(block.module, set()).update(block.called_there())
    for name, module in running.items():
        wanted |= _run_further(module, ran[name])
    return {
        name: Facts(
            frozenset(functions),
            name in listed and not (name in running and _has(running[name], Listed)),
            name in running and _has(running[name], Reader),
            frozenset(wanted),
            used,
            handed,
            name in running and any(_gives_twin(running, source) for source in _stars(running[name])),
        )
        for name, functions in ran.items()
    }


def _run_further(module: Module, ran: set[str]) -> set[str]:
    """Adds to the functions of a module that ran those that they call. Returns these."""
    calls = {caller: called for block in module.blocks for caller, called in block.calls().items()}
    found: set[str] = set()
    pending = list(ran)
    while pending:
        called = calls.get(pending.pop())
        if called is not None and called not in ran:
            ran.add(called)
            found.add(called)
            pending.append(called)
    return found


def _has(module: Module, kind: type[Block]) -> bool:
    return any(isinstance(block, kind) for block in module.blocks)


def _stars(module: Module) -> list[str]:
    return [block.module for block in module.blocks if isinstance(block, Star)]


def _gives_twin(running: Mapping[str, Module], name: str) -> bool:
    """Whether a star import of a module brings a function that others have as well."""
    module = running.get(name)
    if module is None or _has(module, Listed):
        return False
    return _has(module, Twin) or any(_gives_twin(running, source) for source in _stars(module))


def makers_of(modules: Mapping[str, Module]) -> dict[tuple[str, str], str]:
    """What `once` keeps, by module and name, each with what makes it: while that is the same, the value is."""
    blocks = {(name, block.name): block for name, module in modules.items() for block in module.blocks}
    return {
        (name, key): maker
        for name, module in modules.items()
        for block in module.blocks
        for key, maker in block.keeps(
            blocks.get((block.module, block.taken)) if isinstance(block, Taking) else None
        ).items()
    }


def is_sound(modules: Mapping[str, Module]) -> bool:
    """Whether a program can be imported, what it calls runs at once, and nothing of it hides another thing."""
    defined: dict[str, dict[str, Block]] = {}
    for name, module in modules.items():
        there: dict[str, Block] = {}
        for block in module.blocks:
            if isinstance(block, Function) and block.also and block.also not in there:
                return False
            if isinstance(block, Taking) and not _can_take(block, defined):
                return False
            there[block.name] = block
        if any(sum(isinstance(block, kind) for block in module.blocks) > 1 for kind in (Listed, Twin)):
            return False
        defined[name] = there
    facts = facts_of(modules)
    return all(
        block.form == "plain"
        for name, module in modules.items()
        for block in module.blocks
        if isinstance(block, Function) and block.name in facts[name].ran
    )


def _can_take(block: Taking, defined: Mapping[str, Mapping[str, Block]]) -> bool:
    """Whether what a block takes is there when it is imported."""
    if block.module not in defined:
        return False
    return not block.taken or isinstance(defined[block.module].get(block.taken), block.TAKES)
