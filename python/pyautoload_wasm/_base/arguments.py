"""What users hand over, as the engine can take it; and how a refused argument is shown in a message."""

from __future__ import annotations

import os
from keyword import iskeyword
from typing import TypeAlias

from pyautoload_wasm.errors import ConfigurationError

#: A path, or anything that stands for one.
StrPath: TypeAlias = str | os.PathLike[str]


def plain_text(value: object, what: str) -> str:
    """A path or a word as text that the engine can take. ``what`` begins the error message.

    Raises ConfigurationError for anything but a str or a path, and for text that no file system and no encoding can represent.
    """
    try:
        text = os.fspath(value)  # type: ignore[call-overload]
    except TypeError:
        text = None
    if not isinstance(text, str):
        raise ConfigurationError(f"{what}: expected str or os.PathLike, got {shown(value)}")
    if "\0" in text:
        raise ConfigurationError(f"{what}: {shown(text)} contains a null character; remove it")
    if not is_unicode(text):
        raise ConfigurationError(f"{what}: {shown(text)} is not valid Unicode; remove the surrogates")
    return text


def is_unicode(text: str) -> bool:
    """Whether the engine can be asked about a text: a Python string, or one of JavaScript's, may hold surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def absolute_path(value: object, what: str) -> str:
    """A path as an absolute one; a relative path counts from the working directory. Raises ConfigurationError."""
    path = os.path.abspath(plain_text(value, what))
    # POSIX leaves open what two slashes at the start mean, so that abspath() leaves them; to our systems they are one.
    return path[1:] if path.startswith("//") else path


def is_within(path: str, directory: str) -> bool:
    """Whether an absolute path is a directory, or below it."""
    return f"{path}/".startswith(f"{directory.rstrip('/')}/")


def is_module_name(name: object) -> bool:
    """Whether an import statement can name a module so.

    >>> is_module_name("myapp.models.user"), is_module_name("myapp..user"), is_module_name("myapp.class")
    (True, False, False)
    """
    return isinstance(name, str) and all(part.isidentifier() and not iskeyword(part) for part in name.split("."))


def normal_name(name: str) -> str:
    r"""A name as Python has it once it is parsed.

    >>> normal_name("shop.cafe\u0301")
    'shop.café'
    """
    if name.isascii():
        return name
    import unicodedata

    return unicodedata.normalize("NFKC", name)


def join_name(namespace: str, stem: str) -> str:
    """A module's dotted name; the empty namespace is the top level.

    >>> join_name("myapp.models", "user"), join_name("", "user")
    ('myapp.models.user', 'user')
    """
    return f"{namespace}.{stem}" if namespace else stem


def shown(value: object) -> str:
    """A refused argument in a message: short, whatever it is. Of a container only the type is shown, since a cyclic or deep one can
    crash the interpreter of a Pyodide that prints it.
    """
    is_plain = isinstance(value, str | bytes | float | type | None)
    # A long number cannot be written in decimal.
    if not is_plain and not (isinstance(value, int) and value.bit_length() <= 64):
        return f"an object of type {type(value).__name__!r}"
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
