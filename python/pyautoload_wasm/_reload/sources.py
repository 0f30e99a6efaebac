"""What the source of a cell says of the names that it binds: which import brings which name, and which names it assigns itself.

Python's own parser reads it: the engine reads the imports of files, and a cell is none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

#: The name that a star import binds, until it is known which names that were.
STAR = "*"
#: The magics of IPython that run their text in the notebook's own namespace.
_RUNNING_MAGICS = {"capture", "prun", "time"}

#: A longer cell without an import is data. It is not read: an expression of thousands of terms, which Pyodide compiles, ends it when
#: Python's parser makes a tree of that.
_LONGEST_WITHOUT_IMPORT = 5_000
#: The fields of a statement that hold others, in their order.
_PARTS = ("body", "handlers", "cases", "orelse", "finalbody")


class Origin(NamedTuple):
    """Where an import has a name from: an attribute of a module, or the module itself."""

    bound: str
    module: str
    attribute: str | None


class Source(NamedTuple):
    """What a source says: its imports in their order, and the names that it assigns for certain, and imports no more after that."""

    origins: tuple[Origin, ...]
    assigned: frozenset[str]


NOTHING = Source((), frozenset())


@lru_cache(maxsize=1)  # the loaders of a notebook are told of a cell one after the other
def read(source: str, package: str | None) -> Source:
    """What a source says. Nothing where it is no Python, which the cell itself will say. ``package`` is what a relative import starts
    from.
    """
    import ast

    if len(source) > _LONGEST_WITHOUT_IMPORT and "import" not in source:
        return NOTHING
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return NOTHING
    origins: list[Origin] = []
    assigned: set[str] = set()
    for statement in tree.body:
        found = list(_origins(statement, package))
        origins += found
        assigned.difference_update(origin.bound for origin in found)
        own = _assigned(statement)
        origins = [origin for origin in origins if origin.bound not in own]
        assigned |= own
    return Source(tuple(origins), frozenset(assigned))


def _origins(statement: ast.AST, package: str | None) -> Iterator[Origin]:
    """The imports in a statement that bind names of the namespace; those in functions and classes bind their own. With a stack of its
    own, since a long chain of ``elif`` is as deep as it is long.
    """
    import ast

    pending = [statement]
    while pending:
        statement = pending.pop()
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(statement, ast.Import):
            yield from map(_imported, statement.names)
        elif isinstance(statement, ast.ImportFrom):
            module = _absolute(statement, package)
            if module is not None:
                yield from (Origin(taken.asname or taken.name, module, taken.name) for taken in statement.names)
        elif isinstance(statement, ast.Expr | ast.Assign) and isinstance(statement.value, ast.Call):
            yield from read(_text_of_magic(statement.value), package).origins
        parts = [part for field in _PARTS for part in getattr(statement, field, ())]
        pending += reversed(parts)


def _imported(taken: ast.alias) -> Origin:
    """What ``import a.b`` and ``import a.b as c`` bind: the first module; what the one before the last has under the last name."""
    if taken.asname is None:
        top = taken.name.partition(".")[0]
        return Origin(top, top, None)
    parent, _, last = taken.name.rpartition(".")
    return Origin(taken.asname, parent, last) if parent else Origin(taken.asname, last, None)


def _absolute(statement: ast.ImportFrom, package: str | None) -> str | None:
    if not statement.level:
        return statement.module
    if not package:
        return None
    parts = package.split(".")[: len(package.split(".")) - statement.level + 1]
    return ".".join([*parts, *([statement.module] if statement.module else [])]) if parts else None


def _text_of_magic(call: ast.Call) -> str:
    """The text that a magic runs here: IPython makes ``get_ipython().run_cell_magic('time', '', text)`` of it."""
    import ast

    function = call.func
    if isinstance(function, ast.Attribute) and function.attr in ("run_cell_magic", "run_line_magic"):
        texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
        if texts and texts[0] in _RUNNING_MAGICS and isinstance(texts[-1], str):
            return texts[-1]
    return ""


def _assigned(statement: ast.stmt) -> set[str]:
    """The names that a statement assigns whatever happens."""
    import ast

    if isinstance(statement, ast.Assign):
        targets: list[ast.expr] = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    else:
        return set()
    return {
        name.id
        for target in targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
