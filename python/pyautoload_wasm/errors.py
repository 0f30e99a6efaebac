"""The exceptions and the one warning. Each message says what was looked for, what stands there instead, and what to do.

`AutoloadError` is the base of all of them. Only what an import statement can raise is an ImportError as well, so that
``try: import mylib`` / ``except ImportError:`` does not swallow a misconfigured loader.
"""

from __future__ import annotations

import builtins


class AutoloadError(Exception):
    """Base class of all errors of the autoloader."""


# What an import can raise


class ModuleNotFoundError(AutoloadError, builtins.ModuleNotFoundError):
    """No file stands for a module of a managed namespace.

    A subclass of Python's exception of that name. ``from pyautoload_wasm import *`` leaves it out, so that Python's keeps its name.
    """


class NameNotFoundError(AutoloadError, ImportError):
    """``from package import name`` names something that the package does not define and no file stands for."""


class CircularDependencyError(AutoloadError, ImportError):
    """A name was taken from a module that is still being imported. The message shows the import cycle, with file and line."""


class NameMismatchError(AutoloadError, ImportError):
    """With ``strict=True``: a file does not define the attribute that its name announces.

    It is not an AttributeError as well, because CPython refuses a class that is both that and an ImportError.
    """


# What a call to a loader can raise


class ConfigurationError(AutoloadError, ValueError):
    """An argument, or a layout of files, that the loader cannot work with."""


class ConflictError(ConfigurationError):
    """Two loaders claim the same files."""


class SetupRequiredError(AutoloadError):
    """A loader was asked for something that it can answer only after `setup`."""


class ReloadError(AutoloadError):
    """A module cannot be reloaded, or its reload failed. ``name`` is the module and ``path`` its file, where they are known."""

    def __init__(self, message: str, *, name: str | None = None, path: str | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.path = path


class ReloadingDisabledError(ReloadError):
    """A loader was asked to reload before `enable_reloading`."""


class AutoloadWarning(UserWarning):
    """Something works, but probably not as intended."""
