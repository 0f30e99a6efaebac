"""The shop for programs. `loader.acronym("API")` makes its class `RestAPI`."""

import json

from ..models.order import Order


class RestAPI:
    """Orders as JSON."""

    def order(self, order: Order) -> str:
        """One order."""
        return json.dumps({"user": order.user.name, "cents": order.cents()})
