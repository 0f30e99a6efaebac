"""What a notebook keeps over an edit because a module says so, and the data files that it looks at before a cell."""

import pytest
from kernel import RECIPE

MODEL = """
from pyautoload_wasm import once, reload_with
from shop.calls import CALLS
reload_with("settings.json")
STEP = 1
def train():
    CALLS.append(1)
    return object()
model = once(train)
"""


@pytest.fixture
def shop(notebook):
    notebook({"shop/calls.py": "CALLS = []\n", "shop/model.py": MODEL, "shop/settings.json": "{}"})
    notebook.cell(RECIPE)
    notebook.cell("from shop.model import model\nfrom shop.calls import CALLS\nwas = model")
    return notebook


def test_what_a_module_makes_once_is_the_same_after_an_edit(shop):
    shop.save("shop/model.py", MODEL.replace("STEP = 1", "STEP = 2"))
    assert shop.cell("model is was, CALLS").splitlines() == [
        "pyautoload_wasm: reloaded shop.model",
        "(True, [1])",
    ]


def test_a_data_file_is_looked_at_before_each_cell(shop):
    shop.save("shop/settings.json", '{"a": 1}')
    assert shop.cell("model is was").splitlines() == ["pyautoload_wasm: reloaded shop.model", "True"]
    shop.save("shop/settings.json", '{"a": 1}')
    assert shop.cell("model is was") == "True"
    shop.delete("shop/settings.json")
    assert shop.cell("model is was").splitlines() == ["pyautoload_wasm: reloaded shop.model", "True"]
