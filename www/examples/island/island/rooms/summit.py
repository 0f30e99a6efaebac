from island.room import Room


class Summit(Room):
    text = "You see the whole island, and a sail."
