"""An order: who, and how many of what."""

from dataclasses import dataclass, field

from .product import Product
from .user import User


@dataclass
class Order:
    """The lines of a user's order."""

    user: User
    lines: list[tuple[Product, int]] = field(default_factory=list)

    def add(self, product: Product, count: int = 1) -> "Order":
        """Adds a line. Returns the order."""
        self.lines.append((product, count))
        return self

    def cents(self) -> int:
        """The price of all lines."""
        return sum(product.cents * count for product, count in self.lines)
