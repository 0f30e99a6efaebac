from island.chart import Chart


class Game:
    def walk(self, *words):
        """Takes one step for each word, from the beach on, and tells what is there."""
        place = (0, 0)
        told = [self.room(place).enter()]
        for word in words:
            if word == "light":
                told.append(self.room(place).light())
                continue
            east, north = Chart.steps[word]
            there = (place[0] + east, place[1] + north)
            if there in Chart.rooms:
                place = there
                told.append(self.room(place).enter())
            else:
                told.append("There is only water.")
        return "\n".join(told)

    def room(self, place):
        return Chart.rooms[place]()
