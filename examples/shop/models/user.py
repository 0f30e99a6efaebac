"""A customer."""

from dataclasses import dataclass

from shop.models import Timestamped


@dataclass
class User(Timestamped):
    """Who orders."""

    name: str = "ada"
    is_admin: bool = False

    def greeting(self) -> str:
        """What the shop says to them."""
        return f"Hello, {self.name.title()}!"
