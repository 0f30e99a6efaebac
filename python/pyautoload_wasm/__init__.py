"""A Zeitwerk-class autoloader for Python that lives in the browser.

>>> from pyautoload_wasm import AutoLoader
>>> loader = AutoLoader(base_path="myapp", top_level="myapp").setup()  # doctest: +SKIP
"""

from pyautoload_wasm.autoloader import AutoLoader
from pyautoload_wasm.callbacks import CallbackError
from pyautoload_wasm.eager import EagerLoadReport
from pyautoload_wasm.engine import engine_info
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
from pyautoload_wasm.ipython import load_ipython_extension, unload_ipython_extension
from pyautoload_wasm.registry import Edge, Graph, Problem, Record, Registry, Root, Shadowed
from pyautoload_wasm.reports import FailedReload, ReloadReport
from pyautoload_wasm.watching import Hold

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
    "unload_ipython_extension",
]
