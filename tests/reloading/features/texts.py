"""Sources that are not plain UTF-8, and names beyond ASCII."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves

#: An encoding, and letters that it has.
ENCODINGS = {
    "utf-8-sig": "größe",
    "latin-1": "größe",
    "gbk": "价格",
    "shift_jis": "価格",
    "big5": "價格",
    "euc_kr": "가격",
    "cp1252": "größe",
}


class Encodings(Feature):
    """Modules in several encodings, each of which imports the next."""

    NAME = "encodings"
    WAYS = tuple(ENCODINGS)

    def begin(self, chosen: random.Random) -> None:
        self.encodings = chosen.sample(self.ways, min(3, len(self.ways)))
        self.values = [chosen.randrange(5) for _ in range(4)]

    def files(self) -> dict[str, Part]:
        found = {self.path("m0.py"): part(f"VALUE = {self.values[0]}\n")}
        for at, encoding in enumerate(self.encodings, 1):
            word = ENCODINGS[encoding]
            text = f"# {word}\nfrom .m{at - 1} import VALUE as BEFORE\nTITLE = '{word}'\n"
            text += f"{word} = BEFORE + {self.values[at]}\nVALUE = {word}\n"
            found[self.path(f"m{at}.py")] = part(text, self.module(f"m{at - 1}"), encoding=encoding)
        return found

    def edits(self):
        return [self.change, self.change, self.change_encoding]

    def gives(self) -> list[str]:
        return [self.module(f"m{at}") for at in range(len(self.encodings) + 1)]

    def change(self, chosen: random.Random) -> Moves:
        self.values[chosen.randrange(4)] = chosen.randrange(9)
        return []

    def change_encoding(self, chosen: random.Random) -> Moves:
        if not self.encodings:
            return None
        self.encodings[chosen.randrange(len(self.encodings))] = chosen.choice(self.ways)
        return []


#: The stem of a file, and how an import writes it: Python takes both for one name (NFKC).
SPELLINGS = {
    "plain": ("größe", "größe"),
    "full_width": ("prices", "".join(chr(ord(letter) + 0xFEE0) for letter in "prices")),
    "decomposed_import": ("café", "cafe\N{COMBINING ACUTE ACCENT}"),
    "ligature": ("fish", "ﬁsh"),
    "hindi": ("नमस्ते", "नमस्ते"),
    "chinese": ("价格", "价格"),
}


class Identifiers(Feature):
    """Modules with names beyond ASCII, and imports that write them otherwise."""

    NAME = "identifiers"
    WAYS = tuple(SPELLINGS)

    def begin(self, chosen: random.Random) -> None:
        self.values = {way: chosen.randrange(5) for way in self.ways}

    def files(self) -> dict[str, Part]:
        found = {}
        for way, value in self.values.items():
            stem, written = SPELLINGS[way]
            found[self.path(f"{stem}.py")] = part(f"VALUE = {value}\n")
            found[self.path(f"by_{way}.py")] = part(
                f"from .{written} import VALUE as FOUND\nimport {self.package}.{written} as module\nVALUE = FOUND + 1\n",
                self.module(stem),
            )
        return found

    def edits(self):
        return [self.change]

    def gives(self) -> list[str]:
        return [self.module(f"by_{way}") for way in self.values]

    def change(self, chosen: random.Random) -> Moves:
        if not self.values:
            return None
        self.values[chosen.choice(list(self.values))] = chosen.randrange(9)
        return []
