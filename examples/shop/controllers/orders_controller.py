"""Pages about orders."""

from shop import views
from shop.lib.money import Money
from shop.models import Order, Product, User


class OrdersController:
    """Imports classes from packages: each comes from the file of its name."""

    def receipt(self, name: str) -> str:
        """The receipt of a small order."""
        order = Order(User(name)).add(Product("pen", 120), 3).add(Product("paper", 450))
        return views.render("receipt", title=f"{name} pays {Money(order.cents())}")
