"""The dimensions of a map's grid."""

STRIDE = 0  # cells in a row, padding included
CELLS = 1
GOAL = 2  # its cell
GOAL_X = 3
GOAL_Y = 4
BUCKETS = 5  # in a row; a bucket is 4 by 4 cells
ALL_BUCKETS = 6
SPAWNS = 7  # how many spawns; their cells follow
FIRST_SPAWN = 8

BUCKET_BITS = 12  # units of 4 cells
CELL_BITS = 10
