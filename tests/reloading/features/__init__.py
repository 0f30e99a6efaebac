"""What programs are made of: each feature a subject, with its files, its edits, and what they import."""

from .base import Feature
from .computed import Computed
from .deferred import Deferred
from .definitions import Definitions
from .exports import Exports
from .guarded import Guarded
from .links import Links
from .moves import ClassMoves
from .registries import Registries
from .shapes import Shapes
from .state import LaterGlobals
from .texts import Encodings, Identifiers
from .values import Values

FEATURES: tuple[type[Feature], ...] = (
    Values,
    ClassMoves,
    Computed,
    Deferred,
    Registries,
    Definitions,
    Exports,
    Guarded,
    Encodings,
    Identifiers,
    Links,
    Shapes,
    LaterGlobals,
)

__all__ = ["FEATURES", "Feature"]
