"""``%autoload``: sets a loader up in one line, from a folder or from the name of a package."""

from __future__ import annotations

import importlib.util
import os
from typing import NamedTuple

from pyautoload_wasm._base.arguments import is_module_name
from pyautoload_wasm._hosts.spoken import say
from pyautoload_wasm.errors import AutoloadError
from pyautoload_wasm.loader import AutoLoader

_USAGE = "%autoload PATH_OR_NAME [--as NAME | --flat] [--force], %autoload, or %autoload off"


class _RefusalError(Exception):
    """What is wrong with a line, to be said without a traceback."""


class _Asked(NamedTuple):
    what: str
    name: str | None
    is_flat: bool
    is_forced: bool


class AutoloadMagic:
    """The loaders that ``%autoload`` has set up."""

    def __init__(self) -> None:
        self._loaders: list[AutoLoader] = []

    def autoload(self, line: str) -> None:
        """Autoloads the modules of a folder or a package, and reloads what changes before each cell.

        %autoload myapp                 the folder myapp, as the package myapp
        %autoload ../src/myapp          a folder elsewhere, under its own name
        %autoload .                     the files beside the notebook, as top-level modules
        %autoload lib --flat            the same for another folder
        %autoload my-app --as myapp     a folder under another name
        %autoload mylib                 a package that can be imported, if there is no such folder
        %autoload mylib --force         the same in site-packages
        %autoload                       lists what is autoloaded
        %autoload off                   ends what %autoload has set up
        """
        try:
            self._carry_out(line)
        except (_RefusalError, AutoloadError) as error:
            from IPython.core.error import UsageError

            raise UsageError(str(error)) from None

    def _carry_out(self, line: str) -> None:
        asked = _read(line)
        if asked is None:
            _list()
        elif asked.what == "off":
            self._end()
        else:
            self._set_up(*_roots(asked))

    def _set_up(self, folders: list[str], name: str | None) -> None:
        loader = AutoLoader(folders, name)
        for other in AutoLoader.loaders():
            if set(other.roots) == set(loader.roots):
                loader = other
        loader.enable_reloading()
        if loader not in AutoLoader.loaders():
            loader.setup()
            self._loaders.append(loader)
        say(f"{_described(loader)} autoloaded from {' and '.join(_shown(root.path) for root in loader.roots)}")

    def _end(self) -> None:
        ours = [loader for loader in self._loaders if loader in AutoLoader.loaders()]
        self._loaders = []
        for loader in ours:
            loader.teardown()
            say(f"{_described(loader)} no longer autoloaded")
        if not ours:
            say("%autoload has set nothing up")


def _read(line: str) -> _Asked | None:
    """What a line asks for; None where it is empty."""
    import shlex  # where it is used, as Pyodide compiles it anew on each visit

    try:
        words = shlex.split(line)
    except ValueError as error:
        raise _RefusalError(f"%autoload: {error}") from None
    if not words:
        return None
    positional: list[str] = []
    flags = set()
    name = None
    rest = iter(words)
    for word in rest:
        if word == "--as":
            name = next(rest, None)
            if name is None or not is_module_name(name):
                raise _RefusalError(f"%autoload --as {name or ''}: expected a name that an import statement can write")
        elif word in ("--flat", "--force"):
            flags.add(word)
        elif word.startswith("-"):
            raise _RefusalError(f"%autoload has no option {word}: {_USAGE}")
        else:
            positional.append(word)
    if len(positional) != 1 or (name is not None and "--flat" in flags):
        raise _RefusalError(f"expected {_USAGE}")
    return _Asked(positional[0], name, "--flat" in flags, "--force" in flags)


def _roots(asked: _Asked) -> tuple[list[str], str | None]:
    """The folders that are meant, and the name that they stand for."""
    folder = os.path.expanduser(os.path.expandvars(asked.what))
    if os.path.isdir(folder):
        if asked.is_flat or (asked.name is None and os.path.normpath(folder) == os.curdir):
            return [folder], None
        return [folder], asked.name or _own_name(os.path.abspath(folder))
    if not is_module_name(asked.what):
        raise _RefusalError(f"there is no folder {os.path.abspath(folder)}")
    folders = _folders_of_package(asked)
    return folders, None if asked.is_flat else asked.name or asked.what


def _own_name(folder: str) -> str:
    """What a folder is called as a package, counted from the topmost ``__init__.py`` above it."""
    above, name = os.path.split(folder)
    while os.path.isfile(os.path.join(above, "__init__.py")):
        above, package = os.path.split(above)
        name = f"{package}.{name}"
    if not is_module_name(name):
        raise _RefusalError(
            f"{name!r} is no name that an import statement can write: choose one with --as NAME, or make its files top-level modules "
            "with --flat"
        )
    return name


def _folders_of_package(asked: _Asked) -> list[str]:
    name = asked.what
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise _RefusalError(
            f"there is no folder {os.path.abspath(name)}, and the package cannot be found: {error}"
        ) from None
    if spec is None:
        raise _RefusalError(f"there is no folder {os.path.abspath(name)}, and no package {name} can be imported")
    folders = [folder for folder in spec.submodule_search_locations or () if os.path.isdir(folder)]
    if not folders:
        if not spec.has_location or spec.origin is None:
            raise _RefusalError(f"{name} is no package but a module of Python's own")
        where = os.path.dirname(spec.origin)
        advice = "" if is_installed(where) else f": autoload its folder with %autoload {where} --flat"
        raise _RefusalError(f"{name} is no package but the module {spec.origin}{advice}")
    installed = [folder for folder in folders if is_installed(folder)]
    if installed and not asked.is_forced:
        raise _RefusalError(f"{name} is installed in {installed[0]}: --force autoloads it all the same")
    return folders


def is_installed(folder: str) -> bool:
    """Whether a folder is where packages are installed, or the standard library is."""
    import sysconfig

    parts = os.path.normpath(folder).split(os.sep)
    library = os.path.normpath(sysconfig.get_path("stdlib"))
    return "site-packages" in parts or "dist-packages" in parts or os.path.normpath(folder).startswith(library)


def _list() -> None:
    for loader in AutoLoader.loaders():
        records = list(loader.registry.values())
        loaded = sum(record.loaded for record in records)
        print(
            f"{_described(loader)} autoloaded from {' and '.join(root.path for root in loader.roots)}: {len(records)} "
            f"module{'' if len(records) == 1 else 's'}, {loaded} loaded{'' if loader.reloading_enabled else ', none reloaded'}"
        )
    if not AutoLoader.loaders():
        print(f"Nothing is autoloaded. {_USAGE}")


def _described(loader: AutoLoader) -> str:
    names = list(dict.fromkeys(root.namespace for root in loader.roots))
    return " and ".join(name or "the top level" for name in names) + (" is" if len(names) == 1 else " are")


def _shown(folder: str) -> str:
    """A folder below the current one as it is called there; else with its whole path."""
    relative = os.path.relpath(folder)
    return folder if relative == os.curdir or relative.startswith(os.pardir) else relative
