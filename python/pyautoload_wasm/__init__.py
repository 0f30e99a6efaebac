"""A Zeitwerk-class autoloader for Python that lives in the browser.

>>> from pyautoload_wasm import AutoLoader
>>> loader = AutoLoader(base_path="myapp", top_level="myapp").setup()  # doctest: +SKIP
"""

from pyautoload_wasm.autoloader import AutoLoader
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
    SetupRequiredError,
)
from pyautoload_wasm.inflecting import null_inflector
from pyautoload_wasm.registry import Edge, Graph, Problem, Record, Registry, Root, Shadowed

__all__ = [
    "AutoLoader",
    "AutoloadError",
    "AutoloadWarning",
    "CircularDependencyError",
    "ConfigurationError",
    "ConflictError",
    "EagerLoadReport",
    "Edge",
    "Graph",
    "ModuleNotFoundError",
    "NameMismatchError",
    "Problem",
    "Record",
    "Registry",
    "Root",
    "SetupRequiredError",
    "Shadowed",
    "engine_info",
    "null_inflector",
]
