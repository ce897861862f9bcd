"""Columns of the creeps, in ascending UID."""

UID = 0
KIND = 1
X = 2
Y = 3
VX = 4  # in 1/256 unit a tick, as VY
VY = 5
HP = 6
FULL = 7  # hit points when unhurt
SLOW = 8  # ticks that it is still slowed
CHILL = 9  # by how many percent
STEPS = 10  # to the goal, in cells; what `first` and `last` compare

# Gathered during a tick and nought at its end, so neither saved nor hashed.
DAMAGE = 11
PUSH_X = 12
PUSH_Y = 13
NEW_SLOW = 14
NEW_CHILL = 15
HEALED = 16
HIT_BY = 17  # uid of the tower that hit it last; 0 for none

# Of use within a phase only.
STRUCK = 18  # the last stroke of an arc that struck it
NEXT_IN_CELL = 19
NEXT_IN_BUCKET = 20

NOUGHT = 21  # always 0: what the gathered columns are cleared from

NAMES = ("uid", "kind", "x", "y", "vx", "vy", "hp", "full", "slow", "chill", "steps")
WIDTH = 22
CAPACITY = 1024
