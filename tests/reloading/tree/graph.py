"""What the files of a project import, by Python's own rules: from the names in an import statement to modules. It knows nothing of
the engine; what a fresh import really did is held against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layout import Unit, layout, parent_of
from ..model import Edges, Model, cycles
from .source import IDLE, SOFT, Files, Use

if TYPE_CHECKING:
    from collections.abc import Mapping


def base_of(name: str, unit: Unit, use: Use) -> str | None:
    """The package that an import counts from; None where its dots lead out of the project."""
    if not use.level:
        return ""
    steps = use.level - (1 if unit.is_package else 0)
    above = name.split(".")
    return ".".join(above[: len(above) - steps]) if steps < len(above) else None


def full_name(name: str, unit: Unit, use: Use) -> str | None:
    """The module that an import names, whether it is there or not."""
    base = base_of(name, unit, use)
    return None if base is None else ".".join(filter(None, [base, use.path]))


def targets(name: str, unit: Unit, use: Use, units: Mapping[str, Unit]) -> list[str]:
    """The modules that an import reaches, those above the one that it names included; fewer where one of them is missing."""
    base = base_of(name, unit, use)
    if base is None:
        return []
    found = [base] if base in units else []
    for part in use.path.split(".") if use.path else ():
        base = f"{base}.{part}".lstrip(".")
        if base not in units:
            break
        found.append(base)
    return found


class Graph(Model):
    """Who imports whom in some files."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.units = units = layout(files)
        #: All that a module imports, its parents included; not for type checkers alone.
        self.imports = {}
        #: That of it which does not leave it as it is where a cycle is entered elsewhere.
        self._hard: Edges = {}
        self._at_import: Edges = {}
        #: What a module names, without the packages on the way.
        self._named: Edges = {}
        for name, unit in units.items():
            parents = {parent_of(name)} - {""}
            every, at_import, hard, named = set(parents), set(parents), set(), set()
            for use in files[unit.file].uses if unit.file else ():
                found = set(targets(name, unit, use, units)) - {name}
                if use.kind != "typing":
                    every |= found
                if use.kind not in IDLE:
                    at_import |= found
                    named |= {
                        other
                        for other in found
                        if not name.startswith(f"{other}.") or other == full_name(name, unit, use)
                    }
                    if use.kind not in SOFT:
                        hard |= found
            self.imports[name], self._at_import[name] = every, at_import
            self._hard[name], self._named[name] = hard, named

    def resolution(self, name: str) -> dict[Use, list[str]]:
        """What each import of a module finds."""
        unit = self.units[name]
        uses = self.files[unit.file].uses if unit.file else ()
        return {use: targets(name, unit, use, self.units) for use in uses if use.kind != "typing"}

    def source(self, name: str) -> bytes | None:
        file = self.units[name].file
        return self.files[file].render() if file else None

    def is_uncompilable(self, name: str) -> bool:
        file = self.units[name].file
        return file is not None and self.files[file].fault == "syntax"

    def is_clear(self) -> bool:
        """Whether every import cycle comes out alike wherever it is entered: because nothing is taken in it, or since it is
        always entered by the package that holds all of it.
        """
        for group in cycles(self._named):
            if any(self._hard[name] & self._named[name] & group for name in group):
                return False
        for group in cycles(self._at_import):
            top = min(group, key=len)
            if all(name == top or name.startswith(f"{top}.") for name in group):
                continue
            if any(self._hard[name] & group for name in group):
                return False
        return True
