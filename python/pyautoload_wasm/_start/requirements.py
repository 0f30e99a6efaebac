"""Which packages of others a project needs: what its files import, what it declares, and whether it is installed."""

from __future__ import annotations

import sys
from typing import NamedTuple

from pyautoload_wasm._base.answers import Context, Import, Severity
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.files import Status, is_settled, status_of
from pyautoload_wasm._project.catalog import Catalog
from pyautoload_wasm._project.shadowing import is_importable
from pyautoload_wasm._results.project import Problem
from pyautoload_wasm._results.requirements import CONTEXTS, ForeignImport, ImportContext, Requirement, Source
from pyautoload_wasm._start.declared import Declaration, declarations, normalized
from pyautoload_wasm._start.distributions import distributions_of_imports, installed_version, pyodides_lock
from pyautoload_wasm.errors import AutoloadError, ConfigurationError


class _Found(NamedTuple):
    as_of: tuple[int, int]
    foreign: dict[str, list[ForeignImport]]
    declared: dict[str, Declaration]


class Requirements:
    """What the modules of one session need."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        #: What each file imports from elsewhere, as long as its status is the same.
        self._read: dict[str, tuple[Status, tuple[ForeignImport, ...]]] = {}
        #: What was found, and after how many scans and plans: until the next `check` looks at no file, as the engine does.
        self._found: _Found | None = None

    def all(self) -> list[Requirement]:
        """All requirements, those with a name first. Raises ConfigurationError for a declaration that cannot be understood."""
        self._found = None
        return self._requirements(distributions_of_imports())

    def problems(self) -> list[Problem]:
        """What `check` says of packages that are missing: each at its first import."""
        try:
            missing = [requirement for requirement in self._requirements({}) if requirement.is_missing]
        except ConfigurationError as error:
            path = str(error).partition(":")[0].partition(" ")[0]
            return [Problem("missing_package", path, None, None, None, "problem", str(error))]
        undecided = [str(r.declared) for r in missing if r.name is None]
        return [_problem(requirement, undecided) for requirement in missing if requirement.imports]

    def _look(self) -> _Found:
        """What the files import and declare, looked at if there was a scan or a plan since."""
        as_of = self._catalog.scans, self._catalog.plans
        if self._found is None or self._found.as_of != as_of:
            declared = {found.name: found for found in declarations(root.path for root in self._catalog.roots)}
            self._found = _Found(as_of, self._foreign(), declared)
        return self._found

    def _foreign(self) -> dict[str, list[ForeignImport]]:
        """The imports of packages that are not the standard library's and of no loader, by the package's name."""
        found: dict[str, list[ForeignImport]] = {}
        lock = pyodides_lock()
        files = self._catalog.engine.ask("expected_names")
        for path, importer in sorted(files.items()):
            for use in self._imports_of(path, importer) if path.endswith(".py") else ():
                top = use.name.partition(".")[0]
                # Of the standard library Pyodide's lock has some parts.
                if (top not in sys.stdlib_module_names or lock.of_import(top)) and not _is_autoloaded(use.name):
                    found.setdefault(top, []).append(use)
        for path in self._read.keys() - files.keys():
            del self._read[path]
        for uses in found.values():
            uses.sort(key=lambda use: CONTEXTS.index(use.context))
        return found

    def _imports_of(self, path: str, importer: str) -> tuple[ForeignImport, ...]:
        try:
            status = status_of(path)
            known = self._read.get(path)
            if known is not None and known[0] == status:
                return known[1]
            imports = self._catalog.engine.ask("imports", path=path)
        except (OSError, AutoloadError):
            return ()  # which is a finding of its own
        uses = tuple(_use(found, importer, path) for found in imports if not found["level"])
        if is_settled(status):
            self._read[path] = status, uses
        return uses

    def _requirements(self, installed: dict[str, list[str]]) -> list[Requirement]:
        """All requirements. ``installed`` are the distributions of packages; without them, those of what is missing are right all the
        same.
        """
        _, foreign, declared = self._look()
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
