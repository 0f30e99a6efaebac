"""What the engine can be asked, and what it answers. Generated from src/protocol/ by `cargo run -p package -- answers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypedDict, overload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EdgeKind: TypeAlias = Literal["parent", "import", "deferred", "type_checking", "attribute", "observed"]
FlushMode: TypeAlias = Literal["auto", "manual"]
Marks: TypeAlias = str
Names: TypeAlias = str
ObjectsMode: TypeAlias = Literal["stay", "follow"]
ProblemKind: TypeAlias = Literal[
    "shadowed",
    "not_an_identifier",
    "keyword",
    "shadows_module",
    "init_without_name",
    "link_loop",
    "repeated_link",
    "broken_link",
    "unreadable",
    "undecodable",
    "unreadable_source",
    "syntax",
    "attribute",
    "one_attribute",
    "empty_package",
    "missing_import",
    "cycle",
]
Scope: TypeAlias = Literal["module", "class", "function"]
Severity: TypeAlias = Literal["problem", "information"]
Takes: TypeAlias = "TakesModule | TakesNames | Literal['star']"
ToInflect: TypeAlias = tuple[str | None, str | None, str, str]


class Change(TypedDict):
    path: str
    digest: int | None


class Context(TypedDict):
    scope: Scope
    type_checking: bool
    guarded: bool
    tried: bool
    lazy: bool


class Edge(TypedDict):
    importer: str
    imported: str
    kind: EdgeKind
    path: str
    line: int
    names: list[str]


class Execution(TypedDict):
    name: str
    mtime: float | None
    digest: int | None
    started: int
    failed: bool


class GraphView(TypedDict):
    nodes: list[str]
    edges: list[Edge]


class Import(TypedDict):
    line: int
    level: int
    module: str
    takes: Takes
    context: Context


class ModuleRecord(TypedDict):
    name: str
    path: str
    is_package: bool
    attribute: str | None
    loaded: bool
    mtime: float | None
    dependencies: list[str]
    dependents: list[str]


class NamespaceView(TypedDict):
    name: str
    file: str | None
    path: list[str]
    modules: list[tuple[str, str]]
    packages: str


class Options(TypedDict):
    basePath: str | None
    topLevel: str | None
    roots: list[RootOption]
    ignore: list[str]
    collapse: list[str]
    inflect: dict[str, str]
    acronyms: list[str]
    allowShadowing: bool
    strict: bool
    implicitNames: bool
    doNotEagerLoad: list[str]
    doNotReload: list[str]
    log: bool
    reloading: bool
    flush: FlushMode
    objects: ObjectsMode


class Plan(TypedDict):
    changed: list[str]
    removed: list[Removal]
    reshaped: list[str]
    transactions: list[list[Step]]
    kept: list[str]
    scanned: bool
    links: str


class Problem(TypedDict):
    kind: ProblemKind
    path: str
    name: str | None
    line: int | None
    severity: Severity
    by: str | None
    message: str


class Removal(TypedDict):
    name: str
    reason: str


class RootOption(TypedDict):
    dir: str
    namespace: str


class Selected(TypedDict):
    load: str
    skipped: str


class Step(TypedDict):
    name: str
    file: str | None
    reason: str
    is_stale: bool
    imports: list[int]


class Summary(TypedDict):
    modules: int
    directories: int
    problems: int
    top_level: str
    links: str


class Taken(TypedDict):
    name: str
    alias: str | None


class TakesModuleContent(TypedDict):
    alias: str | None


class TakesModule(TypedDict):
    module: TakesModuleContent


class TakesNames(TypedDict):
    names: list[Taken]


class Ask(Protocol):
    """Puts a request to the engine, and returns the answer."""

    @overload
    def __call__(self, request: Literal["version"], /) -> str: ...
    @overload
    def __call__(self, request: Literal["read_options"], /, *, text: str) -> Options: ...
    @overload
    def __call__(self, request: Literal["push_dir"], /, *, dir: str, namespace: str) -> None: ...
    @overload
    def __call__(self, request: Literal["ignore"], /, *, pattern: str) -> None: ...
    @overload
    def __call__(self, request: Literal["collapse"], /, *, pattern: str) -> None: ...
    @overload
    def __call__(self, request: Literal["do_not_eager_load"], /, *, pattern: str) -> None: ...
    @overload
    def __call__(self, request: Literal["ignored"], /, *, paths: Sequence[str]) -> list[bool]: ...
    @overload
    def __call__(self, request: Literal["collapsed"], /, *, paths: Sequence[str]) -> list[bool]: ...
    @overload
    def __call__(self, request: Literal["inflect"], /, *, stem: str, attr: str) -> None: ...
    @overload
    def __call__(self, request: Literal["acronym"], /, *, word: str) -> None: ...
    @overload
    def __call__(self, request: Literal["pass_over_lazy_modules"], /) -> None: ...
    @overload
    def __call__(self, request: Literal["be_strict"], /) -> None: ...
    @overload
    def __call__(self, request: Literal["reserve"], /, *, names: str, owner: str) -> None: ...
    @overload
    def __call__(self, request: Literal["scan"], /) -> Summary: ...
    @overload
    def __call__(self, request: Literal["forget"], /) -> None: ...
    @overload
    def __call__(self, request: Literal["namespace"], /, *, name: str) -> NamespaceView | None: ...
    @overload
    def __call__(self, request: Literal["aliases"], /, *, name: str) -> dict[str, str]: ...
    @overload
    def __call__(self, request: Literal["attribute"], /, *, name: str) -> str | None: ...
    @overload
    def __call__(self, request: Literal["camelize"], /, *, text: str) -> str | None: ...
    @overload
    def __call__(self, request: Literal["to_inflect"], /) -> list[ToInflect]: ...
    @overload
    def __call__(self, request: Literal["set_attributes"], /, *, attributes: Mapping[str, str]) -> None: ...
    @overload
    def __call__(self, request: Literal["record"], /, *, name: str) -> ModuleRecord | None: ...
    @overload
    def __call__(self, request: Literal["names"], /) -> Names: ...
    @overload
    def __call__(self, request: Literal["module_names_at"], /, *, paths: Sequence[str]) -> list[str | None]: ...
    @overload
    def __call__(self, request: Literal["expected_names"], /) -> dict[str, str]: ...
    @overload
    def __call__(self, request: Literal["problems"], /) -> list[Problem]: ...
    @overload
    def __call__(self, request: Literal["check"], /) -> list[Problem]: ...
    @overload
    def __call__(self, request: Literal["imports"], /, *, path: str) -> list[Import]: ...
    @overload
    def __call__(
        self, request: Literal["with_foreign_imports"], /, *, excluded: str, fresh: bool
    ) -> dict[str, str]: ...
    @overload
    def __call__(self, request: Literal["graph"], /) -> GraphView: ...
    @overload
    def __call__(self, request: Literal["dependencies"], /, *, name: str, transitive: bool) -> Marks: ...
    @overload
    def __call__(self, request: Literal["dependents"], /, *, name: str, transitive: bool) -> Marks: ...
    @overload
    def __call__(self, request: Literal["importers"], /, *, names: Sequence[str]) -> list[Names]: ...
    @overload
    def __call__(self, request: Literal["cycles"], /) -> list[list[Edge]]: ...
    @overload
    def __call__(self, request: Literal["why"], /, *, importer: str, imported: str) -> list[Edge]: ...
    @overload
    def __call__(
        self, request: Literal["select"], /, *, force: bool, dir: str | None, namespace: str | None
    ) -> Selected: ...
    @overload
    def __call__(self, request: Literal["observe"], /, *, imports: Sequence[tuple[str, str, int]]) -> None: ...
    @overload
    def __call__(
        self,
        request: Literal["mark_loaded"],
        /,
        *,
        modules: Sequence[Execution | tuple[str, float | None, int | None, int, bool]],
    ) -> None: ...
    @overload
    def __call__(self, request: Literal["underscore"], /, *, attr: str) -> str: ...
    @overload
    def __call__(self, request: Literal["nearest"], /, *, word: str, candidates: Sequence[str]) -> str | None: ...
    @overload
    def __call__(self, request: Literal["mark_unloaded"], /, *, names: Sequence[str]) -> None: ...
    @overload
    def __call__(self, request: Literal["mark_blocked"], /, *, names: Sequence[str]) -> None: ...
    @overload
    def __call__(self, request: Literal["enable_reloading"], /) -> None: ...
    @overload
    def __call__(self, request: Literal["do_not_reload"], /, *, pattern: str) -> None: ...
    @overload
    def __call__(
        self,
        request: Literal["plan"],
        /,
        *,
        changes: Sequence[Change | tuple[str, int | None]],
        forced: Sequence[str],
        rescan: bool,
    ) -> Plan: ...
    @overload
    def __call__(self, request: Literal["pending"], /) -> Names: ...
