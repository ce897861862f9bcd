"""Columns of the towers, in ascending UID."""

UID = 0
KIND = 1
VARIANT = 2  # 0 as built, 1 and 2 upgraded, 3 or 4 the branch
X = 3
Y = 4
COOLDOWN = 5  # ticks until it may fire
TARGETING = 6
AIM_X = 7  # position it last fired at: for drawing
AIM_Y = 8
BOOST = 9  # percent of damage added by a beacon nearby
SPENT = 10  # gold spent, upgrades included
KILLS = 11

NAMES = (
    "uid", "kind", "variant", "x", "y", "cooldown", "targeting", "aim_x", "aim_y", "boost", "spent", "kills",
)  # fmt: skip
WIDTH = 12
CAPACITY = 1024
