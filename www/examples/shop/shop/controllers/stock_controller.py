"""Nobody imports this module, so it is not loaded, and a reload leaves it alone."""

from shop.models import Product


class StockController:
    def shelf(self):
        return [Product("Tea", 4.50)]
