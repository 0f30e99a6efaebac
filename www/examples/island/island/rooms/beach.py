from island.room import Room


class Beach(Room):
    text = "White sand, and the wreck of your ship."
