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
LEG = 11  # the cell whose heading it follows until it is in the next one; 0 for none

# Collected during a tick and zero at its end, so neither saved nor hashed.
DAMAGE = 12
PUSH_X = 13
PUSH_Y = 14
NEW_SLOW = 15
NEW_CHILL = 16
HEALED = 17
HIT_BY = 18  # uid of the tower that hit it last; 0 for none

# Used within a phase only.
STRUCK = 19  # the last arc stroke that hit it
NEXT_IN_CELL = 20
NEXT_IN_BUCKET = 21

ZERO = 22  # always 0: the collected columns are cleared from it

NAMES = ("uid", "kind", "x", "y", "vx", "vy", "hp", "full", "slow", "chill", "steps", "leg")
WIDTH = 23
CAPACITY = 1024
