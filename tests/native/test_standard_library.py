"""The engine's own list of the standard library, which it needs where no Python is at hand."""

import pathlib
import sys

LIST = pathlib.Path(__file__).parents[2] / "src/layout/standard_library.txt"


def test_the_list_has_every_name_of_this_python():
    names = LIST.read_text().split()
    assert sys.stdlib_module_names - set(names) == set()
    assert names == sorted(set(names))
