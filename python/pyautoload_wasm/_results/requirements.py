"""What a project needs of others, as plain data: imports of packages, what was declared, and what was loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

#: When an import of a package runs: always when its module is imported; when a name of it is first used ("lazy"); when a function is
#: called; in a ``try`` that catches its failure ("guarded"); never, since only type checkers see it.
ImportContext: TypeAlias = Literal["always", "lazy", "function", "guarded", "type_checking"]
#: Who says which distribution a package belongs to: the environment, Pyodide's lock file, or the project's own files.
Source: TypeAlias = Literal["installed", "lock", "declared"]

#: The strongest first.
CONTEXTS: tuple[ImportContext, ...] = ("always", "lazy", "function", "guarded", "type_checking")
_NEEDED = CONTEXTS[:3]


class ForeignImport(NamedTuple):
    """One import of a package that is not the project's: the module that imports it, where, and when that runs."""

    importer: str
    path: str
    line: int
    name: str
    context: ImportContext


class Requirement(NamedTuple):
    """A package that the project imports, or a distribution that it declares.

    ``name`` is what import statements call it; None for a declared distribution of which no import is known. ``distribution`` is what
    installers call it, None where nobody knows, and ``source`` who says so. ``declared`` is the text of the declaration, such as
    ``"pillow>=10"``, and ``declared_in`` its file. ``installed`` says whether it can be imported now.
    """

    name: str | None
    distribution: str | None
    source: Source | None
    installed: bool
    declared: str | None
    declared_in: str | None
    imports: tuple[ForeignImport, ...]

    @property
    def context(self) -> ImportContext | None:
        """The strongest context of its imports; None without any."""
        return min((use.context for use in self.imports), key=CONTEXTS.index, default=None)

    @property
    def is_missing(self) -> bool:
        """Whether it is not installed and will be needed: it is declared, or some import of it always runs, or may."""
        return not self.installed and (self.declared is not None or self.context in _NEEDED)

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        imports = [use._asdict() for use in self.imports]
        return {**self._asdict(), "context": self.context, "is_missing": self.is_missing, "imports": imports}


@dataclass
class PackagesReport:
    """What `load_packages` did. False where nothing was to be loaded."""

    #: The distributions that were loaded, those that they depend on included.
    loaded: list[str] = field(default_factory=list)
    #: What is missing and of which nobody knows the distribution.
    unknown: list[Requirement] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.loaded)

    def __str__(self) -> str:
        unknown = [f"nobody knows the distribution of {requirement.name}" for requirement in self.unknown]
        loaded = [f"loaded {', '.join(self.loaded)}"] if self.loaded else []
        return "; ".join([*loaded, *unknown]) or "nothing to load"

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {"loaded": self.loaded, "unknown": [requirement.plain() for requirement in self.unknown]}
