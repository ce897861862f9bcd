"""Columns of the tower rules, a row per kind and variant: kind * VARIANTS + variant."""

COST = 0
RANGE = 1
RELOAD = 2
DAMAGE = 3
SPEED = 4
SPLASH = 5
SLOW = 6
CHILL = 7
JUMPS = 8
JUMP_RANGE = 9
KNOCK = 10
PIERCE = 11
REACHES = 12
BOOST = 13
FLIGHT = 14  # how it shoots: HOMING, BALLISTIC, ARC_SHOT or, for a beacon, NONE

NONE = 0
HOMING = 1
BALLISTIC = 2
ARC_SHOT = 3

# Bits of REACHES, and of creep_rule.LAYER.
GROUND = 1
AIR = 2

VARIANTS = 5
