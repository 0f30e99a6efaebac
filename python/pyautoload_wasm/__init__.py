"""A Zeitwerk-class autoloader for Python that lives in the browser.

>>> from pyautoload_wasm import AutoLoader
>>> loader = AutoLoader(base_path="myapp", top_level="myapp").setup()  # doctest: +SKIP
"""

from pyautoload_wasm._base.answers import EdgeKind, Severity
from pyautoload_wasm._base.arguments import StrPath
from pyautoload_wasm._base.engine import engine_info
from pyautoload_wasm._eager import OnError, Progress
from pyautoload_wasm._hosts import console, marimo, streamlit  # noqa: F401  # which take charge of loaders by themselves
from pyautoload_wasm._hosts.ipython import load_ipython_extension, unload_ipython_extension
from pyautoload_wasm._imports.declared import once, reload_with
from pyautoload_wasm._project.callbacks import ModuleCallback, ReloadCallback
from pyautoload_wasm._project.inflection import Inflect, null_inflector
from pyautoload_wasm._project.log import LogDestination
from pyautoload_wasm._project.settings import FlushMode, ObjectsMode
from pyautoload_wasm._reload.automation import Hold
from pyautoload_wasm._reload.events import EventKind, FileEvent
from pyautoload_wasm._results.profile import ModuleTime
from pyautoload_wasm._results.project import Edge, Graph, Problem, ProblemKind, Record, Registry, Root, Shadowed
from pyautoload_wasm._results.reports import CallbackError, EagerLoadReport, FailedReload, ReloadReport
from pyautoload_wasm._results.requirements import ForeignImport, ImportContext, PackagesReport, Requirement
from pyautoload_wasm._start.profiling import Profile
from pyautoload_wasm.errors import (
    AutoloadError,
    AutoloadWarning,
    CircularDependencyError,
    ConfigurationError,
    ConflictError,
    NameMismatchError,
    NameNotFoundError,
    ReloadError,
    ReloadingDisabledError,
    SetupRequiredError,
)
from pyautoload_wasm.errors import (
    ModuleNotFoundError as ModuleNotFoundError,
)
from pyautoload_wasm.loader import AutoLoader

#: The version of the package.
__version__: str

# Without ModuleNotFoundError, which a star import would put in the place of Python's.
__all__ = [
    "AutoLoader",
    "AutoloadError",
    "AutoloadWarning",
    "CallbackError",
    "CircularDependencyError",
    "ConfigurationError",
    "ConflictError",
    "EagerLoadReport",
    "Edge",
    "EdgeKind",
    "EventKind",
    "FailedReload",
    "FileEvent",
    "FlushMode",
    "ForeignImport",
    "Graph",
    "Hold",
    "ImportContext",
    "Inflect",
    "LogDestination",
    "ModuleCallback",
    "ModuleTime",
    "NameMismatchError",
    "NameNotFoundError",
    "ObjectsMode",
    "OnError",
    "PackagesReport",
    "Problem",
    "ProblemKind",
    "Profile",
    "Progress",
    "Record",
    "Registry",
    "ReloadCallback",
    "ReloadError",
    "ReloadReport",
    "ReloadingDisabledError",
    "Requirement",
    "Root",
    "SetupRequiredError",
    "Severity",
    "Shadowed",
    "StrPath",
    "engine_info",
    "load_ipython_extension",
    "null_inflector",
    "once",
    "reload_with",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> str:
    # The engine has the only version number there is; asking it costs an engine, so nobody does before somebody wants to know.
    if name == "__version__":
        return engine_info()["version"]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
