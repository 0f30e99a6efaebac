"""What a program can see after a flush, held against what a fresh process makes of the files."""

from __future__ import annotations

import gc
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any
from weakref import ref

from .awaited import is_awaited
from .fresh import plain_graph
from .layout import TOP, parent_of
from .model import closure
from .record import Record, Taken, attribute_of, children, identities, is_at_parent, objects, own, record

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from .flush import Flush


def wrong_with_view(flush: Flush) -> list[str]:
    """What is wrong with what a program sees, in sentences."""
    checks = {
        "modules": _modules,
        "attributes": _attributes,
        "containers": _containers,
        "objects": _objects,
        "subclasses": _subclasses,
        "balance": _balance,
        "tracked": _tracked,
        "names": _loaded_names,
        "graph": _graph,
        "observed": _observed,
    }
    return [
        sentence
        for key, check in checks.items()
        if not is_awaited(f"view.{key}", flush.asked)
        for sentence in check(flush)
    ]


def _modules(flush: Flush) -> Iterator[str]:
    """Each module is what a fresh import gets, or exactly as before."""
    before, with_old_code = flush.before, flush.with_old_code()
    for name in sorted(set(flush.model.units) - set(before.executed)):
        if name not in sys.modules or (new := flush.fresh_record(name)) is None:
            continue
        if name not in flush.pending:
            yield from _values(flush, name, new)
        elif not _is_explained(flush, name):  # imported by new code, it has something of old code
            yield f"{name} is new and pending, though nothing holds it"
    for name in sorted(flush.loaded & set(sys.modules)):
        truth = flush.fresh["modules"][name]
        is_as_before = name not in flush.renewed and _binds_the_same(flush, name)
        if name in with_old_code and name in flush.pending:
            continue  # it is said to be pending, and there is nothing that it could be compared with
        if "record" not in truth:
            if _rests_on_a_leftover(flush, name):
                continue
            if not is_as_before:
                yield f"{name} fails ({truth['text']}) and is not as before"
            if name not in flush.pending and name in flush.stale:
                yield f"{name} fails ({truth['text']}) and is not pending"
        elif name not in flush.pending:
            yield from _values(flush, name, truth["record"])
        elif not is_as_before:
            yield f"{name} is pending and not as before"
        elif not _is_explained(flush, name):
            yield f"{name} is pending, though it can be imported and nothing holds it"


def _binds_the_same(flush: Flush, name: str) -> bool:
    """Whether a module has bound what it had before. A name that a module below it has supplied as well counts when that has gone.
    Where objects follow, those of others that were reloaded are new.
    """
    was, now = flush.before.identities[name], identities(name)
    stems = [
        one.rpartition(".")[2] for one in flush.before.executed if parent_of(one) == name and one not in sys.modules
    ]
    supplied = {*stems, *map(attribute_of, stems)} - was.keys()
    now = {key: value for key, value in now.items() if key not in supplied}
    if not flush.objects_follow:
        return was == now
    values = vars(sys.modules[name])
    changed = [values[key] for key in now if now[key] != was.get(key)]
    owners = {getattr(one if hasattr(one, "__module__") else type(one), "__module__", None) for one in changed}
    return now.keys() == was.keys() and owners <= flush.renewed - {name}


def _rests_on_a_leftover(flush: Flush, name: str) -> bool:
    """Whether a module imports one that nothing has changed since it was loaded, and that no fresh process can import: a second import
    may find what a package has left in `sys.modules` that failed in the first.
    """
    untouched = flush.loaded - flush.renewed - flush.pending - flush.stale - {name}
    below = closure([name], flush.possible_imports) & untouched
    return any("record" not in flush.fresh["modules"][one] for one in below)


def _values(flush: Flush, name: str, truth: Record) -> Iterator[str]:
    mine = record(name, flush.base, *_taken_before(flush, name))
    settled = flush.settled
    for key in flush.model.loose(name) | _taken_by_children(flush, name, mine, truth):
        mine["values"].pop(key, None)
        truth["values"].pop(key, None)
    here, there = _kept(_without_replaced(mine, flush.again), settled), _kept(truth, settled)
    if here != there:
        yield f"{name} is {difference(here, there)}"


def _taken_before(flush: Flush, name: str) -> list[Taken]:
    """What the test has taken out itself: a module may have it that was not reloaded since."""
    return [] if name in flush.renewed else [flush.taken]


def _taken_by_children(flush: Flush, name: str, mine: Record, truth: Record) -> set[str]:
    """Names that a package has bound itself, and that a module below it has taken in one process alone: in a fresh one all modules are
    imported, and those that fail take none. Where a module is loaded, the attribute of its file passes for its own.
    """
    below = {one: one.rpartition(".")[2] for one in flush.model.units if parent_of(one) == name}
    pending = {key for one, key in below.items() if one in flush.pending and mine["values"].get(key) == _module(one)}
    absent = {key for one, key in below.items() if one not in sys.modules and truth["values"].get(key) == _module(one)}
    apart = {key for one, key in below.items() if (one in sys.modules) != (flush.fresh_record(one) is not None)}
    supplied = {*map(attribute_of, apart)} & (mine["values"].keys() ^ truth["values"].keys())
    return pending | absent | supplied


def _module(name: str) -> list[Any]:
    """A module that is the one in `sys.modules`, as plain data."""
    return ["module", name, True]


def _is_bound_by_a_new_package(flush: Flush, name: str) -> bool:
    """Whether a package that has run again has another module of the name of one below it, which was not imported since: by a star
    import.
    """
    package, _, stem = name.rpartition(".")
    if package not in flush.renewed or name in flush.renewed:
        return False
    bound = vars(sys.modules[package]).get(stem)
    return isinstance(bound, ModuleType) and sys.modules.get(bound.__name__) is bound


def _containers(flush: Flush) -> Iterator[str]:
    """What a module holds of others that run their old code is what it held before, or what of theirs a failed version has put there:
    that becomes the old one.
    """
    for name in sorted(flush.settled - flush.renewed):
        was = flush.before.records.get(name)
        if was is None or name not in sys.modules:
            continue
        # A program may take what was replaced by hand out of a registry together with what replaced it.
        here = _only_holds(_kept(_without_replaced(record(name, flush.base), flush.again), flush.pending))
        there = _only_holds(_kept(_without_replaced(was, flush.again), flush.pending))
        if _without_returned(here, there) != there:
            yield f"{name} holds of modules that run old code {difference(here, there)}"


def _kept(value: Any, owners: set[str]) -> Any:
    """A record without what its containers hold of other modules than some."""
    if isinstance(value, dict):
        return {key: _kept(one, owners) for key, one in value.items()}
    if isinstance(value, list):
        if len(value) == 3 and value[0] == "holds":
            return ["holds", value[1], {owner: held for owner, held in value[2].items() if owner in owners}]
        return [_kept(one, owners) for one in value]
    return value


def _without_replaced(value: Any, again: Counter[str]) -> Any:
    """A record without the classes in its containers that were replaced when their modules were executed by hand: the new version has
    entered itself beside the old one.
    """
    if isinstance(value, dict):
        return {key: _without_replaced(one, again) for key, one in value.items()}
    if isinstance(value, list) and len(value) == 3 and value[0] == "holds":
        held = {owner: list(found) for owner, found in value[2].items()}
        for owner in held.keys() & again.keys():
            classes = [one for one in held[owner] if isinstance(one, list) and one[:2] == ["class", owner]]
            replaced = [one for one in classes if not one[3]]
            for one in replaced[: again[owner]]:
                held[owner].remove(one)
        return ["holds", value[1], held]
    return [_without_replaced(one, again) for one in value] if isinstance(value, list) else value


def _only_holds(value: Record) -> dict[str, Any]:
    return {key: one for key, one in value["values"].items() if isinstance(one, list) and one[:1] == ["holds"]}


def _without_returned(here: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """What containers hold, without the old classes and functions of modules of which they held nothing before."""
    return {
        key: [*one[:2], {owner: held for owner, held in one[2].items() if owner in there[key][2] or not _is_old(held)}]
        if key in there
        else one
        for key, one in here.items()
    }


def _is_old(held: Any) -> bool:
    """Whether all classes and functions in a record are what their modules have."""
    if not isinstance(held, list):
        return True
    if held[:1] in (["class"], ["function"]) and len(held) > 3 and held[3] is not True:
        return False
    return all(map(_is_old, held))


def _is_explained(flush: Flush, name: str) -> bool:
    """Whether this module imports one that fails, in a function perhaps; or whether something fails that is not stale itself, and
    that reaches what is stale and is, or is imported by, this module.
    """
    below = closure([name], flush.possible_imports) & flush.pending
    failing = {other for other in flush.pending if "record" not in flush.fresh["modules"].get(other, {})}
    if below & failing:
        return True
    below &= flush.stale | flush.before.stale
    return any(closure([other], flush.possible_imports) & below for other in failing)


def _attributes(flush: Flush) -> Iterator[str]:
    """What packages have because of their modules is what those modules are, and have, now. Old code may have taken a class from a
    module that was there before.
    """
    for name in sorted(flush.loaded & set(sys.modules)):
        is_apart = name in flush.before.apart or _is_bound_by_a_new_package(flush, name)
        if not is_at_parent(name) and (name in flush.renewed or not is_apart):
            bound = dict(own(parent_of(name)))
            if name.rpartition(".")[2] not in bound:
                yield f"{name} is not what its parent has"
        bound = dict(own(name))
        for key, child in children(name).items():
            value = vars(sys.modules[name]).get(key)
            if value is None or key in bound:
                continue
            if isinstance(value, ModuleType):
                if sys.modules.get(value.__name__) is not value:
                    yield f"{name}.{key} is a module that is no longer in sys.modules"
            elif (
                name not in flush.pending
                and getattr(value, "__module__", None)
                == child  # another module's, by a star import, is none of the child's
                and value is not getattr(sys.modules[child], key, value)
            ):
                yield f"{name}.{key} is no longer what {child} has"


def _objects(flush: Flush) -> Iterator[str]:
    """Names that are one object in a fresh process are one here, and no others."""
    names: dict[int, str] = {}
    seen: dict[int, int] = {}
    back: dict[int, int] = {}
    theirs = flush.fresh["objects"]
    for name in sorted(flush.settled & set(sys.modules)):
        for key, mine in objects(name, *_taken_before(flush, name)).items():
            fresh = theirs[name].get(key)
            if fresh is None:
                continue  # said already: the values differ
            here = f"{name}.{key}"
            if seen.setdefault(fresh, mine) != mine:
                yield f"{here} and {names[seen[fresh]]} are two objects, and in a fresh process one"
            elif back.setdefault(mine, fresh) != fresh:
                yield f"{here} and {names[mine]} are one object, and in a fresh process two"
            names.setdefault(mine, here)


def _subclasses(flush: Flush) -> Iterator[str]:
    """A class knows its subclasses: those that the loaded modules have, and of the replaced ones what old code has."""
    classes = [
        (name, value)
        for name in sorted(flush.loaded & set(sys.modules))
        for _, value in own(name)
        if isinstance(value, type) and value.__module__ == name
    ]
    current = {id(value) for value in [*(value for _, value in classes), *flush.namespace.values()]}
    replaced = [
        (
            f"{name}.{value.__qualname__}.__subclasses__() has a {derived.__module__}.{derived.__qualname__}",
            ref(derived),
        )
        for name, value in classes
        for derived in type.__subclasses__(value)
        if derived.__module__ in flush.before.executed.keys() - flush.again.keys() and id(derived) not in current
    ]
    if replaced:
        classes.clear()
        gc.collect()
    for what, derived in replaced:
        if derived() is None or not flush.pending:
            yield f"{what} that is gone"


def _balance(flush: Flush) -> Iterator[str]:
    """Of what was loaded by the callbacks, and not unloaded, is exactly what runs."""
    running = {id(module): name for name, module in list(sys.modules.items()) if name in flush.model.units}
    present = {id(module): module.__name__ for module in flush.present}
    yield from (f"{name} runs, and on_load was not called for it" for at, name in running.items() if at not in present)
    yield from (f"{name} is gone, and on_unload was not called" for at, name in present.items() if at not in running)


def _tracked(flush: Flush) -> Iterator[str]:
    """Names in a tracked namespace are what their modules have."""
    for bound, name in flush.tracked.items():
        now = getattr(sys.modules.get(name), bound, None)
        is_its_own = getattr(now, "__module__", None) == name and name in flush.settled
        if is_its_own and flush.namespace[bound] is not now:
            yield f"the tracked name {bound} is not what {name} has"


def _loaded_names(flush: Flush) -> Iterator[str]:
    """In sys.modules are the modules that there are, each under its own name or one that means it."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == TOP and name not in flush.model.units:
            real = getattr(module, "__name__", None)
            if real not in flush.model.units or sys.modules.get(real) is not module:
                yield f"sys.modules has {name}, which is no module"


def _graph(flush: Flush) -> Iterator[str]:
    """The graph is that of a loader which reads the files for the first time."""
    mine = {_edge(edge) for edge in plain_graph(flush.loader)}
    theirs = {_edge(edge) for edge in flush.fresh["graph"]}
    yield from (f"the graph has {edge}, which a fresh loader does not read" for edge in mine - theirs)
    yield from (f"the graph lacks {edge}, which a fresh loader reads" for edge in theirs - mine)


def _observed(flush: Flush) -> Iterator[str]:
    """What was observed is what was imported."""
    for edge in flush.loader.graph().edges:
        is_known = edge.importer not in flush.loaded or edge.imported in flush.possible_imports[edge.importer]
        if edge.kind == "observed" and not is_known:
            yield f"the graph says that {edge.importer} was seen to import {edge.imported}, which it has not"


def _edge(plain: list[Any]) -> tuple[Any, ...]:
    return (*plain[:-1], tuple(plain[-1]))


def difference(mine: object, theirs: object) -> str:
    """Where two records differ."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        parts = [
            f"{key}: {difference(mine.get(key), theirs.get(key))}"
            for key in sorted({*mine, *theirs})
            if mine.get(key) != theirs.get(key)
        ]
        return ", ".join(parts)
    return f"{mine!r}, and fresh {theirs!r}"
