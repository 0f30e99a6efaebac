"""The shortest history that goes wrong: features and steps of a run are left out as long as it does."""

from __future__ import annotations

import tempfile

from .program import SIZES, Wish
from .run import run_features
from .session import UntrueError


def shrink(seed: int, edits: int, wish: Wish) -> Wish | None:
    """What of a run goes wrong; None where nothing does."""
    error = _goes_wrong(seed, edits, wish)
    if error is None:
        return None
    wish = wish._replace(end=error.steps)
    for place in range(max(SIZES)):
        smaller = wish._replace(without=wish.without | {place})
        if (found := _goes_wrong(seed, edits, smaller)) is not None:
            wish, error = smaller._replace(end=found.steps), found
    size = max(error.steps // 2, 1)
    while True:
        for start in range(1, error.steps + 1, size):
            smaller = wish._replace(skipped=wish.skipped | {*range(start, start + size)})
            if smaller.skipped != wish.skipped and (found := _goes_wrong(seed, edits, smaller)) is not None:
                wish, error = smaller._replace(end=found.steps), found
        if size == 1:
            return wish
        size //= 2


def _goes_wrong(seed: int, edits: int, wish: Wish) -> UntrueError | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            run_features(seed, edits, folder, forks=True, wish=wish)
        except UntrueError as error:
            return error
        except IndexError:
            return None  # nothing is left of the program
    return None
