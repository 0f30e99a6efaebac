"""What the files of a random project say. It knows nothing of the engine."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ..layout import COUNTER, TOP, layout

if TYPE_CHECKING:
    import random

#: Ways to import a module and take something from it.
TAKING = ("module", "name", "value", "value", "extra", "base", "base", "star", "called", "try", "chain", "dynamic")
#: Those that name the module from the top.
ABSOLUTE = ("module", "chain", "dynamic")
#: Ways that take nothing while the importer runs: a cycle of these can be entered anywhere.
SOFT = ("soft",)
#: Ways that Python never executes when the importer is imported.
IDLE = ("late", "typing")


@dataclasses.dataclass(frozen=True)
class Use:
    """One import: ``level`` dots, then ``path``."""

    kind: str
    level: int
    path: str

    @property
    def text(self) -> str:
        return "." * self.level + self.path

    def split(self) -> tuple[str, str]:
        """The text of the package, and the stem below it."""
        package, _, stem = self.path.rpartition(".")
        return "." * self.level + package, stem


@dataclasses.dataclass(frozen=True)
class Source:
    """What a file says."""

    value: int
    #: The camelized name that its class has too.
    label: str
    uses: tuple[Use, ...] = ()
    has_extra: bool = True
    #: "syntax", or an expression to raise.
    fault: str | None = None
    #: Whether the fault stands before the imports.
    is_early: bool = False

    def render(self) -> bytes:
        fault = {None: "", "syntax": "def broken(:\n"}.get(self.fault, f"raise {self.fault}\n")
        lines = [f"import {COUNTER}\nfrom typing import TYPE_CHECKING\n{COUNTER}.ran(__name__)\n"]
        lines.append(fault if self.is_early else "")
        lines += [_statement(use, f"_{place}") for place, use in enumerate(self.uses) if use.kind not in SOFT]
        taken = [f"_{place}" for place, use in enumerate(self.uses) if use.kind not in (*SOFT, *IDLE)]
        bases = [f"_B{place}" for place, use in enumerate(self.uses) if use.kind == "base"][:1]
        lines.append(f"VALUE = ({' + '.join([str(self.value), *taken])}) % 1000003\n")
        if self.has_extra:
            lines.append("EXTRA = VALUE * 2\n")
        lines.append(f"class Thing({', '.join(bases)}):\n    SIZE = VALUE\n    def where(self): return __name__\n")
        exported = ["VALUE", "Thing", self.label, *(["EXTRA"] if self.has_extra else [])]
        lines.append(f"{self.label} = Thing\n__all__ = {exported}\n")
        lines.append("" if self.is_early else fault)
        lines += [f"import {use.text}\n" for use in self.uses if use.kind in SOFT]
        return "".join(lines).encode()


def _statement(use: Use, to: str) -> str:
    package, stem = use.split()
    text = use.text
    return {
        "module": f"import {text}\n{to} = {text}.VALUE\n",
        "name": f"from {package} import {stem} as {to}_m\n{to} = {to}_m.VALUE\n",
        "value": f"from {text} import VALUE as {to}\n",
        "extra": f"from {text} import EXTRA as {to}\n",
        "base": f"from {text} import Thing as _B{to[1:]}\n{to} = _B{to[1:]}.SIZE\n",
        "star": f"from {text} import *\n{to} = globals().get('VALUE', 0)\n",
        "called": f"def {to}_f():\n    from {text} import VALUE\n    return VALUE\n{to} = {to}_f()\n",
        "try": f"try:\n    from {text} import VALUE as {to}\nexcept ImportError:\n    {to} = -1\n",
        "chain": f"import {TOP}\n{to} = {text}.VALUE\n",
        "dynamic": f"import importlib\n{to} = importlib.import_module({text!r}).VALUE\n",
        "late": f"def {to}_f():\n    from {text} import VALUE\n    return VALUE\n",
        "typing": f"if TYPE_CHECKING:\n    from {text} import Thing as _T{to[1:]}\n",
    }[use.kind]


Files = dict[str, Source]


def new_source(random: random.Random, stem: str) -> Source:
    label = "".join(part.capitalize() for part in stem.split("_"))
    return Source(value=random.randrange(1000), label=label, has_extra=random.random() < 0.8)


def make_files(random: random.Random, size: int) -> Files:
    """A project without imports, of about so many modules."""
    folders = [""]
    for number in range(1 + size // 7):
        above = random.choice(folders[-4:])
        folders.append(f"{above}/p{number}".lstrip("/"))
    files: Files = {}
    for folder in folders:
        if random.random() < 0.5:
            files[f"{folder}/__init__.py".lstrip("/")] = new_source(random, folder.rpartition("/")[2] or TOP)
        elif folder and random.random() < 0.4:
            files[f"{folder}.py"] = new_source(random, folder.rpartition("/")[2])
    number = 0
    while len(layout(files)) < size:
        number += 1
        files[f"{random.choice(folders)}/m{number}.py".lstrip("/")] = new_source(random, f"m{number}")
    return files
