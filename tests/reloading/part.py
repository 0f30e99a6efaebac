"""One file of a program that is made of features: what it says and, by construction, what that imports."""

from __future__ import annotations

import codecs
import dataclasses
from collections.abc import Iterable

from .layout import COUNTER

#: What a file says that can no longer be compiled.
SYNTAX_ERROR = "def broken(:\n"


@dataclasses.dataclass(frozen=True)
class Part:
    """A file. Names of modules are absolute, and those of modules that are missing belong there as well."""

    body: str
    #: What its import statements name, in functions too; not what type checkers alone see.
    imports: frozenset[str] = frozenset()
    #: What it imports while it is executed that no import statement names.
    observed: frozenset[str] = frozenset()
    #: Functions that somebody may call later, with what they import that no import statement names.
    calls: tuple[tuple[str, frozenset[str]], ...] = ()
    #: Names that those functions bind anew, so that their values are no longer what an import makes.
    loose: frozenset[str] = frozenset()
    #: What is in data files that belong to it; None of one that is not there.
    data: tuple[tuple[str, str | None], ...] = ()
    encoding: str = "utf-8"
    #: "syntax", or an expression to raise.
    fault: str | None = None
    #: Whether the fault stands before all else, and not behind it.
    is_early: bool = False

    def render(self) -> bytes:
        """The bytes of the file."""
        is_declared = self.encoding not in ("utf-8", "utf-8-sig")
        head = f"# -*- coding: {self.encoding} -*-\n" if is_declared else ""
        head += f"import {COUNTER}; {COUNTER}.ran(__name__)\n"
        fault = {None: "", "syntax": SYNTAX_ERROR}.get(self.fault, f"raise {self.fault}\n")
        text = f"{head}{fault}{self.body}" if self.is_early else f"{head}{self.body}{fault}"
        bom = codecs.BOM_UTF8 if self.encoding == "utf-8-sig" else b""
        return bom + text.encode("utf-8" if bom else self.encoding)

    def taking(self, names: Iterable[str]) -> Part:
        """The same file, with the values of other modules."""
        names = list(names)
        if not names:
            return self
        taken = "".join(f"from {name} import VALUE as _taken{at}\n" for at, name in enumerate(names))
        return dataclasses.replace(self, body=taken + self.body, imports=self.imports | {*names})


def part(
    body: str,
    *imports: str,
    observed: Iterable[str] = (),
    calls: dict[str, Iterable[str]] | None = None,
    encoding: str = "utf-8",
) -> Part:
    """A file that says something and imports some modules."""
    called = tuple((name, frozenset(wanted)) for name, wanted in (calls or {}).items())
    return Part(body, frozenset(imports), frozenset(observed), called, encoding=encoding)
