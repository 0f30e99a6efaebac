"""Value added tax."""


class Vat:
    rate = 0.20

    @classmethod
    def added_to(cls, net):
        return net * (1 + cls.rate)
