"""The compiled extension."""

from typing import Any, final

__all__ = ["OpenEngine", "open_engine"]

@final
class OpenEngine:
    def __call__(self, text: str) -> str: ...

def open_engine(files: Any = None) -> OpenEngine: ...
