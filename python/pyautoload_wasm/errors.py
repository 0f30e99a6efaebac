"""The exceptions and the one warning. Each message says what was looked for, what stands there instead, and what to do.

The messages that need thought are built in ``explain.py`` and ``circular.py``.
"""

from __future__ import annotations

import builtins


class AutoloadError(ImportError):
    """Base class of all errors of the autoloader."""


class ConfigurationError(AutoloadError, ValueError):
    """An argument, or a layout of files, that cannot be worked with."""


class ConflictError(ConfigurationError):
    """Two loaders claim the same files."""


class SetupRequiredError(AutoloadError):
    """Something was asked of a loader that is not set up."""


class ModuleNotFoundError(AutoloadError, builtins.ModuleNotFoundError):
    """A module of a managed namespace has no file."""


class CircularDependencyError(AutoloadError):
    """A name was taken from a module that is still being imported. The message has the circle, each step with file and line."""


class NameMismatchError(AutoloadError):
    """With ``strict=True``: a file does not define the attribute that its name announces.

    It is no AttributeError besides: CPython lays out ImportError and AttributeError differently, and refuses a class of both.
    """


class ReloadError(AutoloadError):
    """A module cannot be reloaded, or could not be."""


class ReloadingDisabledError(ReloadError):
    """A reload was asked of a loader that was not told to `enable_reloading`."""


class AutoloadWarning(UserWarning):
    """Something works, and probably not as it was meant to."""
