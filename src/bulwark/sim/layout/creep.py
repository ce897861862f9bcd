"""Columns of the creeps, in ascending UID."""

UID = 0
KIND = 1
X = 2
Y = 3
VX = 4  # in 1/256 unit per tick, like VY
VY = 5
HP = 6
FULL = 7  # full hit points
SLOW = 8  # remaining ticks of the slow effect
CHILL = 9  # strength of the slow effect in percent
STEPS = 10  # to the goal, in cells; compared by the targetings `first` and `last`

# Collected during a tick and zero at its end, so neither saved nor hashed.
DAMAGE = 11
PUSH_X = 12
PUSH_Y = 13
NEW_SLOW = 14
NEW_CHILL = 15
HEALED = 16
HIT_BY = 17  # uid of the tower that hit it last; 0 for none

# Used within a phase only.
STRUCK = 18  # the last arc stroke that hit it
NEXT_IN_CELL = 19
NEXT_IN_BUCKET = 20

ZERO = 21  # always 0: the collected columns are cleared from it

NAMES = ("uid", "kind", "x", "y", "vx", "vy", "hp", "full", "slow", "chill", "steps")
WIDTH = 22
CAPACITY = 1024
