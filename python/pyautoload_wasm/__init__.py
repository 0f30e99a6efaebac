"""A Zeitwerk-class autoloader for Python that lives in the browser.

>>> from pyautoload_wasm import AutoLoader
>>> loader = AutoLoader(base_path="myapp", top_level="myapp").setup()  # doctest: +SKIP
"""

from pyautoload_wasm.loader import AutoLoader
from pyautoload_wasm._project.callbacks import CallbackError
from pyautoload_wasm._eager import EagerLoadReport
from pyautoload_wasm._base.engine import engine_info
from pyautoload_wasm.errors import (
    AutoloadError,
    AutoloadWarning,
    CircularDependencyError,
    ConfigurationError,
    ConflictError,
    ModuleNotFoundError,
    NameMismatchError,
    ReloadError,
    ReloadingDisabledError,
    SetupRequiredError,
)
from pyautoload_wasm._project.inflection import null_inflector
from pyautoload_wasm._hosts.ipython import load_ipython_extension, unload_ipython_extension
from pyautoload_wasm._results.project import Edge, Graph, Problem, Record, Registry, Root, Shadowed
from pyautoload_wasm._results.reports import FailedReload, ReloadReport
from pyautoload_wasm._reload.watch import Hold

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
    "FailedReload",
    "Graph",
    "Hold",
    "ModuleNotFoundError",
    "NameMismatchError",
    "Problem",
    "Record",
    "Registry",
    "ReloadError",
    "ReloadReport",
    "ReloadingDisabledError",
    "Root",
    "SetupRequiredError",
    "Shadowed",
    "engine_info",
    "load_ipython_extension",
    "null_inflector",
    "unload_ipython_extension",
]
