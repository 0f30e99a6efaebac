"""The words of the errors about names: what was looked for, what stands there instead, and what to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from types import CodeType, FunctionType, ModuleType

from pyautoload_wasm._base.arguments import is_unicode, join_name
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._base.kinds import is_class, is_module
from pyautoload_wasm._project.catalog import Catalog, Namespace
from pyautoload_wasm._project.spelling import folded
from pyautoload_wasm.errors import ModuleNotFoundError, NameMismatchError, NameNotFoundError

#: So many names are listed where none is near.
_LISTED = 6


def missing_module(catalog: Catalog, fullname: str) -> ModuleNotFoundError | None:
    """The error for a module that nobody has found; None where it is not for this loader to say."""
    name, _, stem = fullname.rpartition(".")
    namespace = catalog.namespace(name)
    if namespace is None or (name and not catalog.manages(name)):
        return None
    problem = _problem_named(catalog, join_name(namespace.name, stem))
    if name or problem is not None:
        near = _nearest_stem(catalog.engine, stem, namespace)
    else:
        # The top level belongs to everybody: what is like none of our modules may be a package that a library does without. So most of
        # our names are ruled out by their letters, which costs little beside the import that fails.
        near = _nearest(catalog.engine, stem, namespace.spellings.like(stem))
        if near is None:
            return None
        near = namespace.stem(near)
    folders = " and ".join(namespace.directories) or "the project"
    looked_for = f"No module named {fullname!r}: there is no {stem}.py and no folder {stem} in {folders}"
    if problem is not None:
        advice = problem
    elif near is not None:
        advice = _did_you_mean(catalog, namespace, near)
    else:
        advice = _what_is_there(catalog, namespace, stem)
    return ModuleNotFoundError(f"{looked_for}. {advice}", name=fullname)


def missing_name(catalog: Catalog, package: ModuleType, name: str, attr: str) -> NameNotFoundError | None:
    """The error for ``from package import attr``, where ``name`` is the package's name in the catalog; None where a module that is not
    ours has the name.
    """
    namespace = catalog.namespace(name)
    if namespace is None or f"{package.__name__}.{attr}" in sys.modules:
        return None
    stem = catalog.expected_stem(attr)
    folders = " and ".join(namespace.directories) or "the project"
    looked_for = (
        f"cannot import name {attr!r} from {package.__name__!r}: it defines no {attr!r}, and there is no {stem}.py and no folder "
        f"{stem} in {folders}"
    )
    own = [word for word in vars(package) if not word.startswith("_") and word not in namespace.modules]
    near = _nearest_stem(catalog.engine, attr, namespace)
    if (problem := _problem_named(catalog, join_name(namespace.name, stem))) is not None:
        advice = problem
    elif near is not None:
        advice = _did_you_mean(catalog, namespace, near)
    elif (near_own := _nearest(catalog.engine, attr, own)) is not None:
        advice = f"Did you mean '{near_own}'?"
    else:
        advice = _what_is_there(catalog, namespace, stem)
    return NameNotFoundError(f"{looked_for}. {advice}", name=package.__name__, path=getattr(package, "__file__", None))


def file_is_gone(fullname: str, path: str) -> ModuleNotFoundError:
    """The error for a module whose file was deleted since the scan."""
    return ModuleNotFoundError(
        f"No module named {fullname!r}: its file {path} was there when the project was scanned and is gone now; restore it, "
        "or remove the import",
        name=fullname,
        path=path,
    )


def name_mismatch(engine: Engine, name: str, path: str) -> NameMismatchError | None:
    """The error for a loaded file without its expected attribute; None where it has it, or where none is expected."""
    stem = name.rpartition(".")[2]
    expected = engine.ask("attribute", name=name)
    module = sys.modules.get(name)
    if (
        expected is None
        or stem.startswith("__")
        or os.path.basename(path) == "__init__.py"
        or hasattr(module, expected)
    ):
        return None
    defined = _defined(module, name)
    near = _nearest(engine, expected, defined)
    if near is not None:
        found = f"The nearest name there is '{near}'"
    elif defined:
        found = f"It defines {_listed(defined)}"
    else:
        found = "It defines no class and no function"
    ways_out = f"name one of them '{expected}'" if len(defined) > 1 and near is None else f"call it '{expected}'"
    ways_out = ways_out if defined else f"define '{expected}'"
    inflect = f"tell the loader: inflect({{'{stem}': '{near or (defined or ['ItsName'])[0]}'}})"
    return NameMismatchError(
        f"{path} is expected to define '{expected}', but does not. {found}: {ways_out}, or {inflect}",
        name=name,
        path=path,
    )


def unregistered_file(path: str, stem: str) -> str:
    """What to say of a top-level file or folder that is left out, since it would shadow another module."""
    other = "the standard library" if stem in sys.stdlib_module_names else "an installed module"
    way_out = f"file, for example to {stem}_.py" if path.endswith(".py") else f"folder, for example to {stem}_"
    return f"{path} is not what `import {stem}` gives: {other} has that name; rename the {way_out}"


def lines_that_import(engine: Engine, code: CodeType, path: str, names: Iterable[str]) -> dict[str, int]:
    """Which of some top-level names the module at a path imports, with the first line that does.

    Nearly every module is ruled out by the names in its code objects; only a file that uses one as a name is read by the engine.
    """
    wanted = set(names)
    if wanted.isdisjoint(_names(code)):
        return {}
    lines: dict[str, int] = {}
    for statement in engine.ask("imports", path=path):
        top = statement["module"].partition(".")[0]
        if top in wanted and not statement["level"]:
            lines[top] = min(statement["line"], lines.get(top, statement["line"]))
    return lines


def _names(code: CodeType) -> Iterator[str]:
    for name in code.co_names:
        yield name.partition(".")[0]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _did_you_mean(catalog: Catalog, namespace: Namespace, stem: str) -> str:
    """How the names of the nearest module are written, and where it is."""
    name = join_name(namespace.name, stem)
    record = catalog.engine.ask("record", name=name)
    path = name if record is None else record["path"]
    attrs = [join_name(namespace.name, attr) for attr, of in namespace.aliases.items() if of == stem]
    words = " or ".join(f"'{word}'" for word in [name, *attrs])
    return f"Did you mean {words} ({path})?"


def _one_level_down(catalog: Catalog, namespace: Namespace, stem: str) -> str | None:
    """What to do where a folder holds the package that it is called after, as repositories do, and that has what is looked for."""
    inner = catalog.namespace(join_name(namespace.name, namespace.name.rpartition(".")[2])) if namespace.name else None
    if inner is None or inner.stem(stem) is None:
        return None
    return f"{' and '.join(inner.directories)} has it: make that folder the base path, or correct the name"


def _what_is_there(catalog: Catalog, namespace: Namespace, stem: str) -> str:
    """What stands in the place of a module of which none has a name like it, and what to do."""
    if advice := _problem_of(catalog, namespace, stem) or _one_level_down(catalog, namespace, stem):
        return advice
    there = f"It contains {_listed(namespace.modules)}" if namespace.modules else "It contains no module"
    return f"{there}; correct the name, or create the file"


def _problem_of(catalog: Catalog, namespace: Namespace, stem: str) -> str | None:
    """What was left out of a namespace although its name is like the one that is looked for."""
    for problem in catalog.engine.ask("problems"):
        folder, _, name = problem["path"].rpartition("/")
        if folder in namespace.directories and folded(name.removesuffix(".py")) == folded(stem):
            return str(problem["message"])
    return None


def _problem_named(catalog: Catalog, name: str) -> str | None:
    """What was left out although an import of this very name means it: its own has letters that Python composes in an import."""
    if name.isascii():
        return None
    for problem in catalog.engine.ask("problems"):
        if problem["name"] == name and problem["kind"] == "not_an_identifier":
            return str(problem["message"])
    return None


def _nearest_stem(engine: Engine, word: str, namespace: Namespace) -> str | None:
    """The stem that a word was probably meant to be."""
    near = _nearest(engine, word, [*namespace.modules, *namespace.aliases])
    return None if near is None else namespace.stem(near)


def _nearest(engine: Engine, word: str, names: Sequence[str]) -> str | None:
    """The name that differs least: in case and underscores alone, or in a few letters."""
    if not names or not is_unicode(word):
        return None
    return engine.ask("nearest", word=word, candidates=[name for name in names if is_unicode(name)])


def _defined(module: ModuleType | None, name: str) -> list[str]:
    """The classes and functions that a module defines itself, in their order."""
    attributes = vars(module) if is_module(module) else {}
    # Other objects are not asked: a proxy answers with code of the program.
    kinds = (attr for attr, value in attributes.items() if is_class(value) or type(value) is FunctionType)
    return [attr for attr in kinds if attributes[attr].__module__ == name and not attr.startswith("_")]


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
