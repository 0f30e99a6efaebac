"""JupyterLite's kernel: before each cell its drive is looked at, whether Python can wait for that or only the kernel can.

The kernel awaits functions that transform a cell's lines. Where Python itself can wait, by switching stacks, a flush looks by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base import drives
from pyautoload_wasm._hosts.spoken import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class LiteKernel:
    """What is done in one kernel; nothing where it is no JupyterLite's."""

    def __init__(self, shell: Any) -> None:
        manager: Any = getattr(getattr(shell, "kernel", None), "lite_transform_manager", None)
        self._transforms: list[Callable[[list[str]], Awaitable[list[str]]]] = getattr(manager, "line_transforms", [])
        self._transforms.append(self._look_ahead)
        self._has_said = False

    def close(self) -> None:
        """Leaves the kernel to itself."""
        if self._look_ahead in self._transforms:
            self._transforms.remove(self._look_ahead)

    def say_what_is_missing(self) -> None:
        """Says once that changes cannot be told, and what to do. To be called after a flush."""
        if not self._has_said and any(drive.is_silent for drive in drives.drives):
            self._has_said = True
            say(
                "this site does not tell its kernels of changes, so each loaded file is read before each cell: install "
                "pyautoload_wasm where the site is built, which adds its extension"
            )

    async def _look_ahead(self, lines: list[str]) -> list[str]:
        for drive in drives.drives:
            await drive.look_ahead()
        return lines
