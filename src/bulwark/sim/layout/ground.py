"""Columns of the ground, a row a cell of the padded grid. All are derived from the map and the towers."""

BLOCKED = 0  # 1 where nothing can walk: rock, water, a tower, the padding
STEPS = 1  # to the goal, by foot; FAR where there is no way, BARRED where nothing can walk
DIRECTION = (
    2  # where a creep in the cell heads: 0 nowhere, 1 to 8 clockwise from east, UNKNOWN until one comes
)
IN_CELL = 3  # the last creep put into the cell while the crowd is parted; -1 otherwise
QUEUE = 4  # the wavefront's cells, in the order in which it came to them

WIDTH = 5
FAR = 1 << 20
BARRED = -1
UNKNOWN = -1
