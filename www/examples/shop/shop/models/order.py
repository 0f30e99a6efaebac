from shop.pricing import Discount


class Order:
    def __init__(self, customer, products):
        self.customer = customer
        self.products = products

    @property
    def discount(self):
        return Discount.of(self.customer)

    @property
    def total(self):
        return sum(product.price for product in self.products) * (1 - self.discount)
