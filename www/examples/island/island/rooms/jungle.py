from island.room import Room


class Jungle(Room):
    text = "A parrot says your name."
