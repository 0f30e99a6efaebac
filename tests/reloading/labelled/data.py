"""A data file of a module, as `reload_with` declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .blocks import Block
from .labels import Change, Facts, execution


@dataclass(frozen=True)
class Data(Block):
    """A data file, which may not be there, and the function that reads it. The text does not say what the file holds."""

    content: str | None = "1"
    value: str = "1"
    KINDS: ClassVar = {"content": "data file", "value": "body of a function that reads a data file"}

    @property
    def file(self) -> str:
        """The file's name; it lies beside the first modules."""
        return f"data{self.number}.txt"

    def text(self) -> str:
        n = self.number
        return (
            f"import os\nfrom pyautoload_wasm import reload_with\nreload_with('./{self.file}')\ndef load{n}():\n    try:\n"
            f"        with open(os.path.join(os.path.dirname(__file__), './{self.file}')) as file:\n"
            f"            return [file.read(), {self.value}]\n    except OSError:\n        return None\nDATA{n} = load{n}()\n"
        )

    def data(self) -> dict[str, str | None]:
        return {self.file: self.content}

    def values(self, field: str) -> tuple[Any, ...]:
        return (None, "1", "2", "3") if field == "content" else super().values(field)

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        if field == "content":
            return execution(self.KINDS[field], self.file)
        return execution(self.KINDS[field], f"`load{self.number}` ran while")

    def called(self) -> frozenset[str]:
        return frozenset({f"load{self.number}"})
