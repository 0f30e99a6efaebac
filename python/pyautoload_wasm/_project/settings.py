"""What a loader goes by: its roots, what is left out, and how names are written."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pyautoload_wasm._project import shadowing
from pyautoload_wasm._base.arguments import StrPath, plain_text, shown
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm.errors import ConfigurationError
from pyautoload_wasm._project.inflection import Inflect, Inflector
from pyautoload_wasm._results.project import Root
from pyautoload_wasm._base.frames import unseen_methods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self

    from pyautoload_wasm._imports.finder import AutoloadFinder


@unseen_methods
class Configuration:
    """The part of an AutoLoader that is set before its set-up."""

    def __init__(self, *, allow_shadowing: bool) -> None:
        self._engine = Engine()
        self._allow_shadowing = allow_shadowing
        self._roots: list[Root] = []
        self._finder: AutoloadFinder | None = None
        self._own_inflector = Inflector(self._engine)
        self._inflect: Inflect = self._own_inflector
        self._tag: str | None = None

    def push_dir(self, path: StrPath, namespace: str | None = None) -> Self:
        """Adds a root: a directory and the dotted name that it stands for; without one, its files are top-level modules.

        Raises ConfigurationError where there is no such directory, the name cannot be imported, or the directory is a root.
        """
        self._require_configurable("push_dir")
        directory = os.path.abspath(plain_text(path, "the base path"))
        if namespace is not None:
            if not isinstance(namespace, str):
                raise ConfigurationError(f"top_level={shown(namespace)}: pass a dotted name such as 'myapp', or None")
            if not namespace:
                raise ConfigurationError(
                    "top_level='': pass a dotted name such as 'myapp', or None for top-level modules"
                )
            namespace = plain_text(namespace, "top_level")
            top = namespace.partition(".")[0]
            if top in sys.stdlib_module_names and not self._allow_shadowing:
                raise ConfigurationError(
                    f"top_level={namespace!r} would hide {shadowing.STANDARD_LIBRARY}: choose another name, or pass "
                    "allow_shadowing=True"
                )
        self._engine.ask("push_dir", dir=directory, namespace=namespace or "")
        self._roots.append(Root(directory, namespace or ""))
        return self

    def ignore(self, *globs: StrPath) -> Self:
        """Leaves out files and directories. A glob without a slash names an entry at any depth, one with a slash is relative to each
        root, one that starts with a slash is absolute.

        Raises ConfigurationError for what is no glob, with the position.
        """
        return self._add_globs("ignore", globs)

    def collapse(self, *globs: StrPath) -> Self:
        """Lets directories add no name: their modules count as those of the directory above. Globs as for `ignore`."""
        return self._add_globs("collapse", globs)

    def _add_globs(self, request: str, globs: Iterable[StrPath]) -> Self:
        self._require_configurable(request)
        for glob in globs:
            self._engine.ask(request, pattern=plain_text(glob, f"{request}()"))
        return self

    def inflect(self, attributes: Mapping[str, str]) -> Self:
        """Sets the attribute names of exact stems: ``{"html_parser": "HTMLParser"}``.

        Raises ConfigurationError where either is no name.
        """
        self._require_configurable("inflect")
        try:
            items = list(attributes.items())
        except (AttributeError, TypeError, ValueError):
            raise ConfigurationError(
                f'inflect({shown(attributes)}): pass a dict such as {{"html_parser": "HTMLParser"}}'
            ) from None
        for stem, attr in items:
            self._engine.ask("inflect", stem=plain_text(stem, "inflect()"), attr=plain_text(attr, "inflect()"))
        return self

    def acronym(self, *words: str) -> Self:
        """Sets how words are written in attribute names, everywhere: ``"API", "GraphQL"``.

        Raises ConfigurationError for what is not one word of letters and digits.
        """
        self._require_configurable("acronym")
        for word in words:
            self._engine.ask("acronym", word=plain_text(word, "acronym()"))
        return self

    @property
    def inflector(self) -> Inflect:
        """Who decides what attribute a file is expected to define: called with a stem and a path, it returns the attribute, or None
        where none is expected. Any callable can take its place before `setup`; it is asked for all modules after each scan.

        Raises ConfigurationError for what cannot be called.
        """
        return self._inflect

    @inflector.setter
    def inflector(self, inflect: Inflect) -> None:
        self._require_configurable("inflector = …")
        if not callable(inflect):
            raise ConfigurationError(
                f"inflector = {shown(inflect)}: assign a callable (stem, path) -> attribute, such as null_inflector"
            )
        self._inflect = inflect

    @property
    def tag(self) -> str:
        """What the log calls this loader: the first root's name, unless another word is assigned."""
        if self._tag is not None:
            return self._tag
        root = self._roots[0] if self._roots else None
        return root.namespace or os.path.basename(root.path) if root else "no roots"

    @tag.setter
    def tag(self, tag: str) -> None:
        self._tag = plain_text(tag, "tag")

    def _require_configurable(self, call: str) -> None:
        if self._finder is not None:
            call = call if call.endswith("…") else f"{call}()"
            raise ConfigurationError(
                f"{call} after setup(): configure a loader before setup(), or call teardown() first"
            )
