"""Columns of the ground, a row per cell of the padded grid. All are derived from the map and the towers."""

BLOCKED = 0  # 1 for rock, water, towers and the padding
STEPS = 1  # walking distance to the goal; FAR if there is no path, BARRED if blocked
DIRECTION = 2  # a creep's direction: 0 none, 1 to 8 clockwise from east, UNKNOWN until one enters
IN_CELL = 3  # the last creep put into the cell while creeps are separated; -1 otherwise
QUEUE = 4  # the flood's cells, in visiting order

WIDTH = 5
FAR = 1 << 20
BARRED = -1
UNKNOWN = -1
