"""What a user of a notebook does between two cells: some files, a cell, an edit, and what the next cell shows."""

from typing import NamedTuple

#: The sources of `shop/user.py` that most scenarios begin with.
USER = """
class User:
    limit = 1
    def hi(self):
        return 'one'
"""
FUNCTION = """
def scale(x):
    return x * 10
"""


class Scenario(NamedTuple):
    """`cell` runs before the edit, `then` after it and shows `expected`."""

    name: str
    files: dict[str, str]
    cell: str
    edit: dict[str, str | None]
    then: str
    expected: str


def edited(name, source, old, new, cell, then, expected, *, others=None):
    """A scenario about one file, `shop/user.py`, in which some text is replaced by another."""
    assert old in source, name
    files = {"shop/user.py": source, **(others or {})}
    return Scenario(name, files, cell, {"shop/user.py": source.replace(old, new)}, then, expected)
