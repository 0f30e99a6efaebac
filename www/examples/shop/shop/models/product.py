from dataclasses import dataclass

from shop.pricing import Vat


@dataclass
class Product:
    name: str
    net: float

    @property
    def price(self):
        return Vat.added_to(self.net)
