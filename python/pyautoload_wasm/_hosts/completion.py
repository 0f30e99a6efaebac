"""What Tab offers of a loader's packages, without importing anything.

IPython imports what stands before ``import``, and evaluates no attribute of what may run code, as a package of ours does; jedi asks a
module only for what it has already.
"""

from __future__ import annotations

import os
import pkgutil
import re
import sys
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.kinds import is_class, is_module
from pyautoload_wasm._hosts.magic import is_installed
from pyautoload_wasm._imports.packages import MISSING
from pyautoload_wasm.loader import AutoLoader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyautoload_wasm._project.catalog import Catalog

_ARGUMENT = re.compile(r"^\s*%autoload\s+(?:.*\s)?(\S*)$")
_NAMES = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+\(?(?:[\w\s,]*,)?\s*(\w*)$")
_MODULE = re.compile(r"^\s*(?:from|import(?:\s+[\w.\s]+,)*)\s+([\w.]*)$")
_ATTRIBUTE = re.compile(r"(?<![\w.)\]}'\"])([^\W\d]\w*(?:\.[^\W\d]\w*)*)\.(\w*)$")


class Completion:
    """A matcher of IPython's, by its second interface. It comes first, and where it has an answer nobody else is asked."""

    matcher_api_version = 2
    matcher_identifier = "pyautoload_wasm"
    matcher_priority = 1000

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        #: IPython asks every matcher for it, as functions have it.
        self.__qualname__ = type(self).__qualname__

    def __call__(self, context: Any) -> dict[str, Any]:
        """What there is for the text before the cursor."""
        from IPython.core.completer import SimpleCompletion

        fragment, names, suppresses = self._names(context.text_until_cursor)
        return {
            "completions": [SimpleCompletion(name) for name in names],
            "matched_fragment": fragment,
            "suppress": suppresses,
        }

    def _names(self, text: str) -> tuple[str, list[str], bool]:
        """The text that is completed, what it may become, and whether that is all."""
        if found := _ARGUMENT.match(text):
            return found[1], _arguments(found[1]), True
        if found := _NAMES.match(text):
            names = _names_in(found[1])
            return found[2], _completing(names, found[2]), names is not None
        if found := _MODULE.match(text):
            parent, _, last = found[1].rpartition(".")
            modules = _modules_in(parent)
            return last, _completing(modules, last), bool(parent) and modules is not None
        if found := _ATTRIBUTE.search(text):
            members = self._attributes(found[1].split("."))
            return found[2], _matching(members, found[2]), members is not None
        return "", [], False

    def _attributes(self, parts: list[str]) -> Iterable[str] | None:
        """The attributes of what a chain of names leads to; None where it does not begin with a package of ours."""
        value = self._namespace.get(parts[0])
        if not is_module(value):
            return None
        name = value.__dict__.get("__name__")
        for catalog in _catalogs():
            if isinstance(name, str) and catalog.namespace(name) is not None:
                return _attributes(catalog, value, name, parts[1:])
        return None


def _catalogs() -> list[Catalog]:
    return [session.catalog for loader in AutoLoader.loaders() if (session := loader._session) is not None]


def _attributes(catalog: Catalog, value: Any, name: str, parts: list[str]) -> Iterable[str]:
    """The attributes at the end of a chain, as far as that is loaded, or its files tell."""
    for part in parts:
        found = _own(value, part)
        listing = catalog.namespace(name) if name else None
        stem = None if listing is None else listing.stem(part)
        if found is MISSING and stem is not None:
            module = sys.modules.get(join_name(name, stem), MISSING)
            found = module if stem == part else _own(module, part)
            name = join_name(name, stem) if stem == part else ""
        else:
            name = getattr(found, "__name__", "") if is_module(found) else ""
        value = found
        if found is MISSING and not name:
            return ()
    return {*(() if value is MISSING else dir(value)), *(catalog.names_in(name) if name else ())}


def _own(value: Any, name: str) -> Any:
    """What a module or class has by itself under a name, without running anything."""
    if is_module(value):
        return value.__dict__.get(name, MISSING)
    if is_class(value):
        return next((base.__dict__[name] for base in value.__mro__ if name in base.__dict__), MISSING)
    return MISSING


def _modules_in(namespace: str) -> list[str] | None:
    """The modules right below a name; None where no loader has any."""
    listings = [listing for catalog in _catalogs() if (listing := catalog.namespace(namespace)) is not None]
    return [name for listing in listings for name in listing.modules] if listings else None


def _names_in(module: str) -> Iterable[str] | None:
    """What can be imported from a module; None where it is not a loader's."""
    for catalog in _catalogs():
        real = catalog.real_name(module)
        loaded = sys.modules.get(real)
        if catalog.namespace(real) is not None or (loaded is not None and catalog.owns(real)):
            return {*catalog.names_in(real), *(dir(loaded) if loaded is not None else ())}
        parent, _, stem = real.rpartition(".")
        listing = catalog.namespace(parent)
        if listing is not None and stem in listing.modules:
            return ()
    return None


def _completing(names: Iterable[str] | None, start: str) -> list[str]:
    """The names that begin so. Where there is none, the text stands for itself: else IPython would go on and import the package."""
    found = _matching(names, start)
    return [start] if start and names is not None and not found else found


def _matching(names: Iterable[str] | None, start: str) -> list[str]:
    return sorted(
        name for name in names or () if name.startswith(start) and (start.startswith("_") or not name.startswith("_"))
    )


def _arguments(start: str) -> list[str]:
    """Folders, packages that can be imported, options."""
    above, _, last = start.rpartition("/")
    try:
        with os.scandir(os.path.expanduser(above) if above else ("/" if start.startswith("/") else ".")) as entries:
            folders = [entry.name for entry in entries if entry.is_dir() and entry.name.startswith(last)]
    except OSError:
        folders = []
    prefix = start[: len(start) - len(last)]
    found = {f"{prefix}{name}" for name in folders if last.startswith(".") or not name.startswith((".", "__"))}
    if not prefix:
        paths = [path for path in sys.path if os.path.isdir(path or ".") and not is_installed(os.path.abspath(path))]
        found.update(
            module.name for module in pkgutil.iter_modules(paths) if module.ispkg and module.name.startswith(last)
        )
        found.update(word for word in ("off", "--as", "--flat", "--force") if word.startswith(start))
    return sorted(found)
