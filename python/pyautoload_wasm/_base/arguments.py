"""What users hand over, as the engine can take it; and how a refused argument is shown."""

from __future__ import annotations

import os

from pyautoload_wasm.errors import ConfigurationError

StrPath = str | os.PathLike[str]


def plain_text(value: StrPath, what: str) -> str:
    """A path or a word as text that the engine can take."""
    try:
        text = os.fspath(value)
        if isinstance(text, str) and "\0" not in text:
            text.encode()
            return text
    except (TypeError, UnicodeEncodeError):
        pass
    raise ConfigurationError(
        f"{what}: {shown(value)} is no text that can be a path or a name; pass a str or a PathLike"
    )


def shown(value: object) -> str:
    """A refused argument in a message: short, whatever it is. Of containers the type alone, since a cyclic or deep one can end
    the interpreter in a Pyodide that prints it.
    """
    is_plain = isinstance(value, str | bytes | float | type | None)
    # A long number cannot be written in decimal.
    if not is_plain and not (isinstance(value, int) and value.bit_length() <= 64):
        return f"an object of type {type(value).__name__!r}"
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
