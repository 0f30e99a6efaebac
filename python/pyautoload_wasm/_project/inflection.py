"""Who decides what attribute a file is expected to define: the core's inflector, or any callable in its place.

A callable is asked for all modules at once, after each scan, and the core gets its answers in one piece: so an import asks nobody.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from keyword import iskeyword
from typing import TypeAlias

from pyautoload_wasm._base.answers import ToInflect
from pyautoload_wasm._base.arguments import shown
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._base.frames import on_behalf, running_lines
from pyautoload_wasm._base.hiding import hidden_methods
from pyautoload_wasm.errors import AutoloadWarning, ConfigurationError

#: From a stem and its path to the attribute that the file is expected to define; None where nothing is expected.
Inflect: TypeAlias = Callable[[str, str], str | None]


@hidden_methods
class DefaultInflector:
    """A loader's own inflector: what `inflect` and `acronym` have told it, and UpperCamelCase.

    An inflector in its place can call it:

    >>> default = loader.inflector  # doctest: +SKIP
    >>> loader.inflector = lambda stem, path: "VERSION" if stem == "version" else default(stem, path)  # doctest: +SKIP
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        #: The calls of `inflect` and `acronym`, as a user writes them.
        self.told: list[str] = []
        #: The answers for all modules of a scan, while a user's inflector is asked about them.
        self._known: dict[str, str | None] = {}
        #: How often it was asked; of two threads none starts the other's count anew.
        self._asked = 0

    def __call__(self, stem: str, path: str = "") -> str | None:
        """The attribute of a stem; None where it would be no name. The path makes no difference."""
        self._asked += 1
        known = self._known
        if stem in known:
            return known[stem]
        attr: str | None = self.engine.ask("camelize", text=stem)
        return attr

    def decide_by(
        self, inflect: Inflect, modules: Sequence[ToInflect]
    ) -> tuple[dict[str, str], ConfigurationError | None]:
        """Lets a callable decide on the attributes of modules: the engine's answer to "to_inflect". Returns the attributes by module,
        and the first error, if there is one; the module that it is about has no attribute then, and all others have theirs.
        """
        attributes = {}
        first = None
        asked = self._asked
        self._known = {name.rpartition(".")[2]: attr for attr, _, name, _ in modules}
        try:
            for _, _, name, path in modules:
                try:
                    attr = decided(inflect, name.rpartition(".")[2], path)
                except ConfigurationError as error:
                    first = first or error
                else:
                    if attr is not None:
                        attributes[name] = attr
        finally:
            self._known = {}
        if modules and self.told and self._asked == asked:
            self._warn_of_lost_inflections()
        return attributes, first

    def _warn_of_lost_inflections(self) -> None:
        told, self.told = self.told, []  # said once
        _warn_at_users_line(
            f"{', '.join(told)}: no effect, since loader.inflector decides on all names and does not call the inflector that it "
            "replaced; remove these calls, or call the former loader.inflector from the new one"
        )

    def __repr__(self) -> str:
        return f"<the default inflector{''.join(f', {told}' for told in self.told)}>"


def null_inflector(stem: str, path: str) -> str:
    """The inflector that leaves names as they are: the attribute of ``User.py`` is ``User``.

    >>> null_inflector("html_parser", "/app/html_parser.py")
    'html_parser'
    """
    return stem


@on_behalf
def decided(inflect: Inflect, stem: str, path: str) -> str | None:
    """What an inflector says of one stem.

    Raises ConfigurationError, with the path, for what is no name, and where the inflector itself raises.
    """
    try:
        attr = inflect(stem, path)
    except Exception as error:
        raise ConfigurationError(
            f"the inflector raised {type(error).__name__} for {path}: fix it, or return None to expect no attribute"
        ) from error
    if attr is None or (isinstance(attr, str) and attr.isidentifier() and not iskeyword(attr)):
        return attr
    raise ConfigurationError(
        f"the inflector returned {shown(attr)} for {path}: return a name such as 'User', or None to expect no attribute"
    )


def stems_for(inflect: Inflect, attr: str, directories: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """The stems of files that were written since the scan and that an inflector gives an attribute."""
    known = set(known)
    for directory in directories:
        try:
            names = os.listdir(directory)
        except OSError:
            continue
        for name in sorted(names):
            stem = name.removesuffix(".py")
            if stem in known or not stem.isidentifier():
                continue
            try:
                is_it = decided(inflect, stem, f"{directory}/{name}") == attr
            except ConfigurationError:
                continue  # the scan will say so, if the file is a module
            if is_it:
                yield stem


def _warn_at_users_line(message: str) -> None:
    """Issues an `AutoloadWarning` at the line of the user's code that is running, whatever the depth of our own calls."""
    lines = running_lines()
    if lines:
        at = lines[-1]
        warnings.warn_explicit(message, AutoloadWarning, at.path, at.line, at.module)
    else:
        warnings.warn(message, AutoloadWarning, stacklevel=2)
