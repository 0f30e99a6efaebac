"""Decorators, enumerations, data classes, named tuples: definitions that others of the program take apart when they are imported."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves

_TOOLS = """\
import functools
VALUE = {value}
def shout(function):
    @functools.wraps(function)
    def wrapper(*arguments): return (VALUE, function(*arguments))
    return wrapper
def tagged(tag):
    def decorate(cls):
        cls.tag = (tag, VALUE)
        return cls
    return decorate
class Meta(type):
    def __new__(cls, name, bases, namespace): return super().__new__(cls, name, bases, {{**namespace, 'made': VALUE}})
"""
_COLORS = """\
import enum
class Color(enum.Enum):
    RED = {red}
    BLUE = 2
class Access(enum.Flag):
    READ = 1
    WRITE = 2
ALL = Access.READ | Access.WRITE
VALUE = {red}
"""
_SHAPES = """\
import dataclasses, typing
from .colors import Color, Access
from .tools import shout, tagged, Meta
@tagged('shape')
@dataclasses.dataclass(frozen=True)
class Shape:
    size: int = {size}
    color: Color = Color.RED
    access: Access = Access.READ
@dataclasses.dataclass(frozen=True)
class Square(Shape):
    sides: int = 4
class Pair(typing.NamedTuple):
    left: int = {size}
    right: Color = Color.BLUE
class Made(metaclass=Meta): pass
@shout
def area(): return {size}
AREA = area()
ONE = Square()
VALUE = {size}
def peek(): return (ONE == Square(), isinstance(ONE, Shape), Pair().right is Color.BLUE, ONE.color is Color.RED)
"""
_USER = """\
from .shapes import ONE, Shape, area as measure, Pair as Two
from . import colors
BY_COLOR = {colors.Color.RED: 'red', colors.Color.BLUE: 'blue'}
LABEL = BY_COLOR[ONE.color]
class Round(Shape): pass
VALUE = measure()[0]
def peek(): return (isinstance(Round(), Shape), Two().right in BY_COLOR)
"""


class Definitions(Feature):
    """Tools that decorate, an enumeration, data classes that use both, and who uses these."""

    NAME = "definitions"

    def begin(self, chosen: random.Random) -> None:
        self.values = {"value": chosen.randrange(5), "red": 1, "size": chosen.randrange(5)}

    def files(self) -> dict[str, Part]:
        tools, colors, shapes = map(self.module, ("tools", "colors", "shapes"))
        return {
            self.path("tools.py"): part(_TOOLS.format(**self.values)),
            self.path("colors.py"): part(_COLORS.format(**self.values)),
            self.path("shapes.py"): part(_SHAPES.format(**self.values), tools, colors),
            self.path("user.py"): part(_USER, shapes, colors),
        }

    def edits(self):
        return [self.change]

    def gives(self) -> list[str]:
        return [self.module("shapes"), self.module("colors"), self.module("user")]

    def change(self, chosen: random.Random) -> Moves:
        key = chosen.choice(list(self.values))
        self.values[key] = chosen.choice([1, 3, 4, 5])
        return []
