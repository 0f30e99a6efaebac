"""What is off unless somebody switches it on: the log, and names without imports. Off, neither costs anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.arguments import shown
from pyautoload_wasm.errors import ConfigurationError
from pyautoload_wasm._imports.implicit import ImplicitLoader, hand_over, take_back
from pyautoload_wasm._imports.loaders import DirectoryLoader, SourceLoader
from pyautoload_wasm.loading import Loading
from pyautoload_wasm._project.log import (
    Destination,
    Log,
    LoggedDirectoryLoader,
    LoggedImplicitLoader,
    LoggedLoader,
    writer,
)
from pyautoload_wasm._base.frames import unseen_methods

if TYPE_CHECKING:
    from typing import Self

    from pyautoload_wasm._imports.finder import AutoloadFinder


@unseen_methods
class Features(Loading):
    """The part of an AutoLoader that can be switched on."""

    def __init__(self, *, allow_shadowing: bool) -> None:
        super().__init__(allow_shadowing=allow_shadowing)
        self._log_of: Log | None = None
        self._names_are_implicit = False
        self._handed_over: list[dict[str, Any]] = []

    def log(self, to: Destination = True) -> Self:
        """Writes every decision down: what is scanned, autoloaded, shadowed, ignored, loaded, failed. ``to`` is a logger, which gets
        lines as DEBUG, or a callable such as print; without it, they go to the logger "pyautoload_wasm" and, where nobody has
        configured logging, to stderr. ``log(False)`` ends it.

        Raises ConfigurationError for another argument.
        """
        write = writer(to)
        self._log_of = None if write is None else Log(write, lambda: self.tag)
        if self._finder is not None:
            self._equip(self._finder)
        return self

    def implicit_names(self, namespace: dict[str, Any] | None = None) -> Self:
        """Lets undefined bare names, such as ``User``, resolve by autoloading: without an argument in this loader's modules, to be
        called before `setup`; with a namespace, such as a notebook's ``globals()``, in the code that runs there from now on.

        The modules of the nearest namespace come first, then those further out; in a notebook, those of the roots. Every use of a
        builtin in such a module costs three times as much, so it is off unless you call this.

        Raises ConfigurationError for what is no namespace.
        """
        if namespace is None:
            self._require_configurable("implicit_names")
            self._names_are_implicit = True
            return self
        if type(namespace) is not dict:
            raise ConfigurationError(f"implicit_names({shown(namespace)}): pass globals(), or nothing")
        if not any(known is namespace for known in self._handed_over):
            self._handed_over.append(namespace)
            if self._finder is not None:
                hand_over(namespace, self._finder)
        return self

    def _equip(self, finder: AutoloadFinder) -> None:
        """Gives a finder what is switched on."""
        finder.log = self._log_of
        if self._log_of is None:
            finder.source_loader = ImplicitLoader if self._names_are_implicit else SourceLoader
            finder.directory_loader = DirectoryLoader
        else:
            finder.source_loader = LoggedImplicitLoader if self._names_are_implicit else LoggedLoader
            finder.directory_loader = LoggedDirectoryLoader

    def _hand_namespaces_over(self, finder: AutoloadFinder) -> None:
        for namespace in self._handed_over:
            hand_over(namespace, finder)

    def _take_namespaces_back(self, finder: AutoloadFinder) -> None:
        for namespace in self._handed_over:
            take_back(namespace, finder)
