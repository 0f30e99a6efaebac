"""The words of the errors about names: what was looked for, what stands there instead, and what to do."""

from __future__ import annotations

import ast
import os
import sys
from importlib.util import decode_source
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from pyautoload_wasm.errors import AutoloadError, ModuleNotFoundError, NameMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyautoload_wasm._imports.finder import AutoloadFinder
    from pyautoload_wasm._project.catalog import Table

#: So many names are listed where none is near.
_LISTED = 6


def missing_module(finder: AutoloadFinder, fullname: str) -> ModuleNotFoundError | None:
    """The error for a module that nobody has found; None where it is not for this loader to say."""
    namespace, _, stem = fullname.rpartition(".")
    table = finder.table_of(namespace)
    if table is None or (namespace and not finder.manages(namespace)):
        return None
    near = _nearest(stem, table)
    if not namespace and near is None:
        return None  # The top level belongs to everybody: what is like none of our modules may be a package to install.
    folders = " and ".join(table.directories) or "the project"
    looked_for = f"No module named {fullname!r}: there is no {stem}.py and no folder {stem} in {folders}"
    if near is not None:
        return ModuleNotFoundError(f"{looked_for}. {_way_to(finder, table, near)}", name=fullname)
    in_the_way = _problem_of(finder, table, stem)
    if in_the_way is not None:
        return ModuleNotFoundError(f"{looked_for}. {in_the_way}", name=fullname)
    return ModuleNotFoundError(f"{looked_for}. {_what_is_there(table)}", name=fullname)


def missing_name(finder: AutoloadFinder, package: ModuleType, namespace: str, attr: str) -> AutoloadError | None:
    """The error for ``from package import attr``; None where a module that is not ours has the name."""
    table = finder.table_of(namespace)
    if table is None or f"{package.__name__}.{attr}" in sys.modules:
        return None
    stem = finder.engine.ask("underscore", attr=attr)
    folders = " and ".join(table.directories) or "the project"
    looked_for = (
        f"cannot import name {attr!r} from {package.__name__!r}: it defines no {attr!r}, and there is no {stem}.py and no folder "
        f"{stem} in {folders}"
    )
    own = [name for name in vars(package) if not name.startswith("_") and name not in table.modules]
    near = _nearest(attr, table)
    near_own = _closest(attr, own)
    if near is not None:
        advice = _way_to(finder, table, near)
    elif near_own is not None:
        advice = f"The nearest name there is '{near_own}': write that, or create the file"
    else:
        advice = _problem_of(finder, table, stem) or _what_is_there(table)
    return AutoloadError(f"{looked_for}. {advice}", name=package.__name__, path=getattr(package, "__file__", None))


def name_mismatch(finder: AutoloadFinder, name: str, path: str) -> NameMismatchError | None:
    """The error for a loaded file without its expected attribute; None where it has it, or where none is expected."""
    stem = name.rpartition(".")[2]
    expected = finder.engine.ask("attribute", name=name)
    module = sys.modules.get(name)
    if (
        expected is None
        or stem.startswith("__")
        or os.path.basename(path) == "__init__.py"
        or hasattr(module, expected)
    ):
        return None
    defined = _defined(module, name)
    near = _closest(expected, defined)
    if near is not None:
        found = f"The nearest name there is '{near}'"
    elif defined:
        found = f"It defines {_listed(defined)}"
    else:
        found = "It defines no class and no function"
    ways_out = f"name one of them '{expected}'" if len(defined) > 1 and near is None else f"call it '{expected}'"
    inflect = f"tell the loader: inflect({{'{stem}': '{near or (defined or ['ItsName'])[0]}'}})"
    ways_out = ways_out if defined else f"define '{expected}'"
    return NameMismatchError(
        f"{path} is expected to define '{expected}', and does not. {found}: {ways_out}, or {inflect}",
        name=name,
        path=path,
    )


def hidden_file(path: str, stem: str) -> str:
    """What to say of a top-level file or folder that would hide another module and is left out."""
    other = "the standard library" if stem in sys.stdlib_module_names else "an installed module"
    way_out = f"file, for example to {stem}_.py" if path.endswith(".py") else f"folder, for example to {stem}_"
    return f"{path} is not what `import {stem}` gives: {other} has that name; rename the {way_out}"


def lines_that_import(code: CodeType, source: bytes, names: Iterable[str]) -> dict[str, int]:
    """Which of some top-level names a module imports, with the first line that does.

    Nearly every module is ruled out by the names in its code objects; only a source that uses one as a name is parsed.
    """
    wanted = set(names)
    if wanted.isdisjoint(_names(code)):
        return {}
    lines: dict[str, int] = {}
    for node in ast.walk(ast.parse(decode_source(source))):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            imported = [node.module]
        else:
            continue
        for name in imported:
            top = name.partition(".")[0]
            if top in wanted:
                lines[top] = min(node.lineno, lines.get(top, node.lineno))
    return lines


def _names(code: CodeType) -> Iterator[str]:
    for name in code.co_names:
        yield name.partition(".")[0]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _way_to(finder: AutoloadFinder, table: Table, stem: str) -> str:
    """Where a module is, and how its names are written."""
    name = f"{table.name}.{stem}" if table.name else stem
    path = (finder.engine.ask("record", name=name) or {}).get("path", name)
    table.alias("")
    attrs = [attr for attr, of in (table.aliases or {}).items() if of == stem]
    words = " or ".join(f"'{word}'" for word in [name, *(f"{table.name}.{attr}".lstrip(".") for attr in attrs)])
    return f"The nearest is {path}: write {words}, or create the file"


def _what_is_there(table: Table) -> str:
    there = f"What is there: {_listed(table.modules)}" if table.modules else "No module is there"
    return f"{there}; correct the name, or create the file"


def _problem_of(finder: AutoloadFinder, table: Table, stem: str) -> str | None:
    """What was left out of a namespace though its name is like the one that is looked for."""
    for problem in finder.engine.ask("problems"):
        folder, _, name = problem["path"].rpartition("/")
        if folder in table.directories and _folded(name.removesuffix(".py")) == _folded(stem):
            return str(problem["message"])
    return None


def _nearest(word: str, table: Table) -> str | None:
    """The stem that a word was probably meant to be."""
    table.alias("")
    aliases = table.aliases or {}
    near = _closest(word, [*table.modules, *aliases])
    return None if near is None else aliases.get(near, near)


def _closest(word: str, names: Sequence[str]) -> str | None:
    """The name that differs least: in case and underscores alone, or in a few letters."""
    import difflib  # 4 ms in Pyodide, and wanted for errors alone

    by_folded = {_folded(name): name for name in reversed(names)}
    close = difflib.get_close_matches(_folded(word), by_folded, n=1)
    return by_folded[close[0]] if close else None


def _folded(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum()) or name


def _defined(module: ModuleType | None, name: str) -> list[str]:
    """The classes and functions that a module defines itself, in their order; without any, its other public names."""
    attributes = vars(module) if isinstance(module, ModuleType) else {}
    own = [attr for attr, value in attributes.items() if getattr(value, "__module__", None) == name]
    return [attr for attr in own if not attr.startswith("_")]


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
