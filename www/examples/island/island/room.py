class Room:
    """What all rooms have. A room's own class says what is different."""

    text = "There is nothing here."

    def enter(self):
        return f"{type(self).__name__}: {self.text}"

    def light(self):
        return "It is bright enough."
