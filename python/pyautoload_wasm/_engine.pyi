"""The compiled extension."""

from typing import final

@final
class OpenEngine:
    def __call__(self, text: str) -> str: ...

def open_engine() -> OpenEngine: ...
