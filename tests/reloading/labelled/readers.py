"""What a module does with a class of another one: hands it to somebody who can read its methods, or only makes use of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .blocks import Taking
from .classes import Class
from .labels import Change, Facts, execution


@dataclass(frozen=True)
class Hands(Taking):
    """A class of another module, and one way to deal with it."""

    way: str = "made"
    TAKES: ClassVar = (Class,)
    KINDS: ClassVar = {"way": "what is done with a class"}
    #: Ways that give the class to somebody; in most of them the method is read indeed, without a mention of its name.
    GIVING: ClassVar = {
        "class": "T{n} = tell{n}(u{n}, u{n}.__name__)\n",
        "instance": "T{n} = tell{n}(u{n}(), u{n}.__name__)\n",
        "named instance": "o{n} = u{n}()\nT{n} = tell{n}(o{n}, u{n}.__name__)\n",
        "local": "def in{n}():\n    from {module} import {taken} as u\n    return tell{n}(u, u.__name__)\nT{n} = in{n}()\n",
        "derived": "class Sub{n}(u{n}): pass\nT{n} = tell{n}(Sub{n}, u{n}.__name__)\n",
        "decorated": "def hold{n}(cls): return cls\n@hold{n}\nclass Sub{n}(u{n}): pass\n",
        "table": "T{n} = {{'one': [u{n}]}}\n",
        "attribute": "class Form{n}:\n    model = u{n}\n",
        "attribute of the module": "import {module}\nT{n} = tell{n}({module}.{taken}, u{n}.__name__)\n",
    }
    HARMLESS: ClassVar = {
        "made": "T{n} = u{n}()\n",
        "derives": "class Sub{n}(u{n}): pass\n",
        "tests": "T{n} = [isinstance(3, u{n}), isinstance(3, (int, u{n}))]\n",
        "annotates": "def note{n}(x: u{n}, y: list[u{n}] = ()) -> u{n}: return x\n",
        "asks": "T{n} = u{n}.__name__\n",
        "renames": "v{n} = u{n}\n",
        "later": "def late{n}(): return tell{n}(u{n}, '')\n",
        "at once": "T{n} = u{n}().made\n",
    }
    #: Those that make an instance.
    MAKING: ClassVar = {"instance", "named instance", "made", "at once"}

    def text(self) -> str:
        n = self.number
        form = {**self.GIVING, **self.HARMLESS}[self.way]
        return (
            f"from {self.module} import {self.taken} as u{n}\n"
            f"def tell{n}(given, name):\n    method = getattr(given, 'm' + name[1:])\n"
            "    return [method.__defaults__, method.__doc__]\n"
            + form.format(n=n, module=self.module, taken=self.taken)
        )

    def values(self, field: str) -> tuple[Any, ...]:
        return (*self.GIVING, *self.HARMLESS)

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        return execution(self.KINDS[field])

    def handed(self) -> frozenset[str]:
        return frozenset({self.taken}) if self.way in self.GIVING else frozenset()

    def called_there(self) -> frozenset[str]:
        return frozenset({f"{self.taken}.__init__"}) if self.way in self.MAKING else frozenset()
