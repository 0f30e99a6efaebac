"""An edit between two cells, by README's recipe and nothing else."""

import names
import objects
import pytest
import state
from kernel import RECIPE

SCENARIOS = [*names.SCENARIOS, *objects.SCENARIOS, *state.SCENARIOS]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_the_cell_after_an_edit_has_it(notebook, scenario):
    notebook(scenario.files)
    notebook.cell(RECIPE)
    notebook.cell(scenario.cell)
    for name, source in scenario.edit.items():
        notebook.delete(name) if source is None else notebook.save(name, source)
    shown = notebook.cell(scenario.then)
    told, _, value = shown.rpartition("\n")
    if scenario.expected.startswith("pyautoload_wasm"):
        assert shown == scenario.expected
    else:
        assert value == scenario.expected
        assert told == "" or told.startswith(("pyautoload_wasm: re", "pyautoload_wasm: patched"))
