"""The running modules are what the files say, after thousands of random edits."""

import pytest

from .labelled.labels import CAN_PATCH
from .program import Wish
from .run import run_features, run_labelled, run_tree

EDITS = 200
#: Those that have found something stay, so that what was found stays found. `make soak` tries new ones.
FOUND = (5006, 700901, 844955, 6000044, 7100071, 8200006, 9300042, 9300045, 9000037, 9000049, 9410035)
FOUND_WITH_FEATURES = (46, 9000063, 9100154)
FOUND_WITH_OBJECTS = (9, 11, 32)
RUNS = [
    *((run_tree, seed) for seed in (*range(1, 5), *FOUND)),
    *((run_features, seed) for seed in (*range(1, 5), *FOUND_WITH_FEATURES)),
]


@pytest.mark.parametrize(("run", "seed"), RUNS)
def test_what_runs_is_what_a_fresh_import_gets(run, seed, tmp_path):
    counts = run(seed, EDITS, str(tmp_path), forks=True)
    assert counts.edits >= EDITS
    assert counts.reloaded > 0


@pytest.mark.parametrize("seed", [1, *FOUND_WITH_OBJECTS])
def test_it_is_so_where_objects_follow(seed, tmp_path):
    counts = run_features(seed, EDITS, str(tmp_path), forks=True, wish=Wish(objects_follow=True))
    assert counts.edits >= EDITS
    assert counts.reloaded > 0


@pytest.mark.parametrize("seed", range(1, 7))
def test_each_edit_does_what_its_label_says(seed, tmp_path):
    counts = run_labelled(seed, EDITS, str(tmp_path), forks=True)
    assert counts.edits >= EDITS
    assert {step for step, _ in counts.labels} >= {"lines", "patched", "executed"}
    assert counts.reloaded > 0
    assert (counts.patched > 0) is CAN_PATCH
