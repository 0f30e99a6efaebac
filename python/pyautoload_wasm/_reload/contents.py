"""Which files are others than those that were executed, by their contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyautoload_wasm._base.drives import drive_at, is_file
from pyautoload_wasm._imports.code_cache import digest_of
from pyautoload_wasm._imports.files import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyautoload_wasm._imports.state import LoadState


def changed_contents(
    state: LoadState, marked: Iterable[str], *, rescan: bool, all_of_them: bool
) -> dict[str, int | None]:
    """What is really another than when it was executed, of some paths, or with ``rescan`` of all executed files as well: each path
    with the hash of its source, or None where no source is. With ``all_of_them`` also those paths that are as they were.
    """
    marked = list(marked)
    digests = state.digests
    changes: dict[str, int | None] = {}
    folders = {path for path in marked if not path.endswith(".py") and not is_file(path)}
    # Another folder may have come into the place of one that was moved away, and nobody tells of each file in it.
    # Of a drive a look has told what has changed, without a request for each file.
    below = [
        path
        for path in (list(digests) if folders or rescan else ())
        if (rescan and drive_at(path) is None) or _is_below(path, folders)
    ]
    for path in dict.fromkeys([*marked, *below]):
        digest = None
        if path.endswith(".py"):
            try:
                digest = digest_of(read_source(path)[0])
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                pass
            except OSError:
                # What cannot be read cannot be executed either: the module says so when it is tried.
                digest = 0
        elif path not in folders:
            continue
        if digest is None:
            state.forget_file(path)
        elif digests.get(path) == digest:
            if rescan or not all_of_them:
                continue
        elif path in digests:
            digests[path] = digest
        changes[path] = digest
    return changes


def _is_below(path: str, folders: set[str]) -> bool:
    above = path
    while (above := above.rpartition("/")[0]) and above not in folders:
        pass
    return bool(above)
