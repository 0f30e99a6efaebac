"""Which packages of others a project needs: what its files import, what it declares, and whether it is installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from pyautoload_wasm._base.answers import Context, Import, Severity
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._project.catalog import Catalog
from pyautoload_wasm._project.shadowing import is_importable
from pyautoload_wasm._results.project import Problem
from pyautoload_wasm._results.requirements import CONTEXTS, ForeignImport, ImportContext, Requirement, Source
from pyautoload_wasm._start.declared import Declaration, declarations, normalized
from pyautoload_wasm._start.distributions import distributions_of_imports, installed_version, pyodides_lock
from pyautoload_wasm._start.on_import import PackageFinder
from pyautoload_wasm.errors import AutoloadError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Found(NamedTuple):
    as_of: tuple[int, int]
    foreign: dict[str, list[ForeignImport]]
    declared: dict[str, Declaration]


class Requirements:
    """What the modules of one session need."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        #: What `check` found, and after how many scans and plans: until the next it looks at no file, as the engine does.
        self._found: _Found | None = None
        self._finder: PackageFinder | None = None

    def load_on_import(self) -> None:
        """Lets imports load what Pyodide's lock file has. Raises ConfigurationError."""
        self._finder = self._finder or PackageFinder()
        self._finder.install()

    def close(self) -> None:
        """Ends that."""
        if self._finder is not None:
            self._finder.remove()

    def all(self) -> list[Requirement]:
        """All requirements, those with a name first, from files that are read again. Raises ConfigurationError for a declaration that
        cannot be understood.
        """
        self._found = self._look(fresh=True)
        return _requirements(self._found, distributions_of_imports())

    def problems(self) -> list[Problem]:
        """What `check` says of packages that are missing: each at its first import."""
        try:
            if self._found is None or self._found.as_of != self._as_of():
                self._found = self._look(fresh=False)
            missing = [requirement for requirement in _requirements(self._found, {}) if requirement.is_missing]
        except ConfigurationError as error:
            path = str(error).partition(":")[0].partition(" ")[0]
            return [Problem("missing_package", path, None, None, None, "problem", str(error))]
        undecided = [str(r.declared) for r in missing if r.name is None]
        return [_problem(requirement, undecided) for requirement in missing if requirement.imports]

    def needed_by(self, paths: Sequence[str]) -> dict[str, str]:
        """The packages that some files import and that are missing, each with where it can be had. The lock file and declarations are
        read only where there are any.
        """
        own = self._own()
        foreign: dict[str, list[ForeignImport]] = {}
        names = self._catalog.engine.ask("module_names_at", paths=[*paths])
        for path, importer in zip(paths, names, strict=True):
            if importer is not None and path.endswith(".py"):
                self._add_foreign(path, importer, own, foreign)
        missing = [name for name in sorted(foreign) if name not in sys.builtin_module_names and not is_importable(name)]
        missing = [name for name in missing if name not in sys.stdlib_module_names or pyodides_lock().of_import(name)]
        if not missing:
            return {}
        try:
            declared = self._declared()
        except ConfigurationError:
            declared = {}  # `check` says what is wrong with it
        needs = [_requirement(name, foreign[name], declared, {}) for name in missing]
        return {str(each.name): _problem(each, []).message for each in needs if each.is_missing}

    def _as_of(self) -> tuple[int, int]:
        return self._catalog.scans, self._catalog.plans

    def _look(self, *, fresh: bool) -> _Found:
        """What the files import and declare."""
        return _Found(self._as_of(), self._foreign(fresh=fresh), self._declared())

    def _declared(self) -> dict[str, Declaration]:
        return {found.name: found for found in declarations(root.path for root in self._catalog.roots)}

    def _own(self) -> set[str]:
        """The first names of imports that are the project's own, whatever comes behind them."""
        names = {root.namespace for root in self._catalog.roots}
        top_level = self._catalog.namespace("") if "" in names else None
        return {name for name in names if "." not in name} if top_level is None else set(top_level.modules)

    def _foreign(self, *, fresh: bool) -> dict[str, list[ForeignImport]]:
        """The imports of packages that are not the standard library's and of no loader, by the package's name."""
        found: dict[str, list[ForeignImport]] = {}
        lock = pyodides_lock()
        # Of the standard library Pyodide's lock has some parts.
        passed_over = self._own() | {name for name in sys.stdlib_module_names if not lock.of_import(name)}
        files = self._catalog.engine.ask("with_foreign_imports", excluded=" ".join(sorted(passed_over)), fresh=fresh)
        for path, importer in files.items():
            self._add_foreign(path, importer, passed_over, found)
        for uses in found.values():
            uses.sort(key=lambda use: CONTEXTS.index(use.context))
        return found

    def _add_foreign(
        self, path: str, importer: str, passed_over: set[str], into: dict[str, list[ForeignImport]]
    ) -> None:
        for use in self._imports_of(path, importer):
            if use.name.partition(".")[0] not in passed_over and not _is_autoloaded(use.name):
                into.setdefault(use.name.partition(".")[0], []).append(use)

    def _imports_of(self, path: str, importer: str) -> list[ForeignImport]:
        try:
            imports = self._catalog.engine.ask("imports", path=path)
        except AutoloadError:
            return []  # which is a finding of its own
        return [_use(found, importer, path) for found in imports if not found["level"]]


def _requirements(found: _Found, installed: dict[str, list[str]]) -> list[Requirement]:
    """All requirements. ``installed`` are the distributions of packages; without them, what is missing is right all the same."""
    _, foreign, declared = found
    named = [_requirement(name, uses, declared, installed) for name, uses in sorted(foreign.items())]
    known = {normalized(requirement.distribution) for requirement in named if requirement.distribution}
    return [*named, *(_without_import(found) for name, found in sorted(declared.items()) if name not in known)]


def _requirement(
    name: str, uses: list[ForeignImport], declared: dict[str, Declaration], installed: dict[str, list[str]]
) -> Requirement:
    locked, is_there, distributions = pyodides_lock().of_import(name), is_importable(name), installed.get(name, [])
    distribution: str | None = None
    source: Source | None = None
    if locked is not None:
        distribution, source = locked.name, "lock"
    elif is_there and len(distributions) == 1:
        distribution, source = distributions[0], "installed"
    elif normalized(name) in declared:
        distribution, source = normalized(name), "declared"
    declaration = None if distribution is None else declared.get(normalized(distribution))
    text, path = (None, None) if declaration is None else (declaration.text, declaration.path)
    return Requirement(name, distribution, source, is_there, text, path, tuple(uses))


def _without_import(declaration: Declaration) -> Requirement:
    name, text, path = declaration
    return Requirement(None, name, "declared", installed_version(name) is not None, text, path, ())


def _use(found: Import, importer: str, path: str) -> ForeignImport:
    return ForeignImport(importer, path, found["line"], found["module"], _context(found["context"]))


def _context(context: Context) -> ImportContext:
    if context["type_checking"]:
        return "type_checking"
    if context["guarded"]:
        return "guarded"
    if context["scope"] == "function":
        return "function"
    return "lazy" if context["lazy"] else "always"


def _is_autoloaded(name: str) -> bool:
    """Whether a loader has a module of that name, or is the one to miss it. A root below another project's package has that alone."""
    top = name.partition(".")[0]
    for state in states.active:
        listing = state.catalog.namespace("")
        if listing is not None and listing.stem(top) is not None:
            names = [root.namespace for root in state.catalog.roots]
            if any(not root or root == top or f"{name}.".startswith(f"{root}.") for root in names):
                return True
    return False


def _problem(requirement: Requirement, undecided: list[str]) -> Problem:
    use = requirement.imports[0]
    name, distribution, declared = requirement.name, requirement.distribution, requirement.declared
    if requirement.source == "lock":
        message = (
            f"{name!r} is not loaded: it is {distribution} in Pyodide's distribution; await loader.load_packages(), in JavaScript "
            "autoload.loadPackages(), before this module is imported"
        )
    elif declared is not None:
        message = f"{name!r} is not installed: {requirement.declared_in} asks for {declared}; install that"
    elif undecided:
        message = f"{name!r} is not installed; one of these that are declared may have it: {', '.join(undecided)}"
    else:
        message = (
            f"there is no package {name!r}: it is neither installed nor declared; correct the name, or declare its distribution in "
            "pyproject.toml or requirements.txt"
        )
    is_known = requirement.source is not None or bool(undecided)
    severity: Severity = "information" if is_known else "problem"
    return Problem("missing_package", use.path, use.line, name, None, severity, message)
