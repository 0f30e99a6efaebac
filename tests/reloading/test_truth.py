"""The running modules are what the files say, after thousands of random edits."""

import pytest

from .run import run_features, run_tree

EDITS = 200
#: Fixed ones, so that what was found stays found and a run says the same twice. New ones are for `make soak`.
SEEDS = range(1, 5)


@pytest.mark.parametrize("run", [run_tree, run_features])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_runs_is_what_a_fresh_import_gets(seed, run, tmp_path):
    counts = run(seed, EDITS, str(tmp_path), forks=True)
    assert counts.edits >= EDITS
    assert counts.reloaded > 0
