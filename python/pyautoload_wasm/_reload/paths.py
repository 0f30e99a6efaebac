"""Under which of its paths a loader knows what an event is about. A root may be reached through a link, and a file below a link has as
many paths as there are ways to it; whoever tells of a change may know another one than the import did.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping


class KnownPaths:
    """The paths of one loader: its roots, and the links below them that a scan has found. Never changed, so any thread may read it."""

    def __init__(self, roots: Iterable[str], links: Mapping[str, str]) -> None:
        self.links = links
        self._roots = {root: os.path.realpath(root) for root in roots}
        #: What each root and each link stands for, its path without links; and the other way round. The top of the filesystem is "".
        self._real = {name.rstrip("/"): real.rstrip("/") for name, real in {**self._roots, **links}.items()}
        self._names: dict[str, list[str]] = {}
        for name, real in self._real.items():
            self._names.setdefault(real, []).append(name)
        #: Roots that are no links, in projects without any: what lies below has one path.
        plain = [name for name, real in self._real.items() if self._names[real] == [name] == [real]]
        self._plain = () if links else tuple(f"{root}/" for root in plain)

    def of(self, path: str) -> list[str]:
        """All paths under which the loader may know what lies at an absolute path; none for what has nothing to do with it."""
        if path.startswith(self._plain):
            return [path]
        path = real = path.rstrip("/")
        for above in _upwards(path):
            if above in self._real:
                real = self._real[above] + path[len(above) :]
                break
        known = [name + real[len(above) :] for above in _upwards(real) for name in self._names.get(above, ())]
        if not path.endswith(".py"):
            # A folder around a root, or around what a link leads to.
            known += [name for above, names in self._names.items() if above.startswith(f"{real}/") for name in names]
        return [name or "/" for name in known]

    @property
    def roots(self) -> list[str]:
        """The roots, each under all its names."""
        return list(dict.fromkeys(name for pair in self._roots.items() for name in pair))

    @property
    def beyond(self) -> list[str]:
        """What links below the roots lead to that is in none of them, without links."""
        roots = {real.rstrip("/") for real in self._roots.values()}
        return [real for real in dict.fromkeys(self.links.values()) if roots.isdisjoint(_upwards(real))]

    def __repr__(self) -> str:
        return f"<KnownPaths {', '.join(self._real)}>"


def _upwards(path: str) -> Iterator[str]:
    """A path, and all that it lies in."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
