"""An order as text."""

WIDTH = 28


class Receipt:
    def __init__(self, order):
        self.order = order

    def __str__(self):
        lines = [self.order.customer.greeting(), "-" * WIDTH]
        lines += [self.line(product.name, product.price) for product in self.order.products]
        lines += ["-" * WIDTH, self.line(f"Total, less {self.order.discount:.0%}", self.order.total), "Thank you"]
        return "\n".join(lines)

    def line(self, label, amount):
        return f"{label:<{WIDTH - 8}}{amount:8.2f}"
