"""Columns of the shells in flight, in firing order."""

KIND = 0  # the kind of the tower that fired it
ROW = 1  # the tower's rule row when it fired
X = 2
Y = 3
Z = 4  # height; only ballistic ones leave the ground
VX = 5  # of ballistic ones, in 1/256 unit per tick, like VY and VZ
VY = 6
VZ = 7
TARGET = 8  # uid of the creep it homes in on; -1 for a fixed position
TO_X = 9  # the target's current or last position
TO_Y = 10
DAMAGE = 11
TOWER = 12  # uid of the tower that fired it

NAMES = (
    "kind", "row", "x", "y", "z", "vx", "vy", "vz", "target", "to_x", "to_y", "damage", "tower",
)  # fmt: skip
WIDTH = 13
CAPACITY = 2048
