"""A thing to buy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """A name and a price in cents."""

    name: str
    cents: int
