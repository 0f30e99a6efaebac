class Lantern:
    oil = 3

    def shine(self):
        self.oil -= 1
        return "Golden light on wet walls: somebody has drawn a ship here."
