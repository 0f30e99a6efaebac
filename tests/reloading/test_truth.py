"""The running modules are what the files say, after thousands of random edits."""

import pytest

from .run import run

EDITS = 200
#: Fixed ones, so that what was found stays found and a run says the same twice. New ones are for `make soak`, which is known to find
#: differences still: seeds 5006 and 844955 are wrong within 200 edits.
SEEDS = range(1, 10)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_runs_is_what_a_fresh_import_gets(seed, tmp_path):
    counts = run(seed, EDITS, str(tmp_path), forks=True)
    assert counts.edits >= EDITS
    assert counts.reloaded > 0
