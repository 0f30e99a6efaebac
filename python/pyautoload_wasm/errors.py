"""The exceptions. Each message says what was looked for, what stands there instead, and what to do."""

from __future__ import annotations

import builtins


class AutoloadError(ImportError):
    """Base class of all errors of the autoloader."""


class ConfigurationError(AutoloadError, ValueError):
    """An argument, or a layout of files, that cannot be worked with."""


class SetupRequiredError(AutoloadError):
    """Something was asked of a loader that is not set up."""


class ModuleNotFoundError(AutoloadError, builtins.ModuleNotFoundError):
    """A module of a managed namespace has no file."""


class CircularDependencyError(AutoloadError):
    """A name was taken from a module that is still being imported."""
