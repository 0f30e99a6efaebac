from shop.models import Customer, Order, Product
from shop.views.receipt import Receipt

CATALOGUE = [Product("Tea", 4.50), Product("Teapot", 32.00), Product("Two cups", 18.00)]


class CheckoutController:
    def receipt_for(self, name):
        return Receipt(Order(Customer(name), CATALOGUE))
