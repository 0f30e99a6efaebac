from island.room import Room


class Cave(Room):
    text = "It is dark. You hear water."

    def light(self):
        # Misspelled on purpose: see README.md.
        from island.items.lantren import Lantern

        return Lantern().shine()
