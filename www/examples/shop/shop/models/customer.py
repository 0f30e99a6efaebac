from dataclasses import dataclass


@dataclass
class Customer:
    name: str

    def greeting(self):
        return f"Hello {self.name}"
