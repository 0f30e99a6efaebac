"""The running modules are what the files say, after thousands of random edits."""

import time

import pytest

from .run import run

EDITS = 200
#: Those that have found something stay, so that what was found stays found; and one that nobody has tried. Its number is the test's
#: name, and is told where it is wrong: `python -m reloading --seed` repeats it.
FOUND = (5006, 844955, 6000044, 7100071, 8200006, 9300042, 9300045, 600061)
SEEDS = [*range(1, 10), *FOUND, time.time_ns() % 1_000_000]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_runs_is_what_a_fresh_import_gets(seed, tmp_path):
    counts = run(seed, EDITS, str(tmp_path), forks=True)
    assert counts.edits >= EDITS
    assert counts.reloaded > 0
