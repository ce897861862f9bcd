"""Columns of the creep rules, a row per kind."""

HP = 0
SPEED = 1  # 1/256 unit per tick
ARMOUR = 2
RADIUS = 3
MASS = 4
BOUNTY = 5
LIVES = 6
LAYER = 7  # tower_rule.GROUND or AIR
HEAL = 8
HEAL_RANGE = 9
HEAL_PERIOD = 10

MAX_RADIUS = 440
