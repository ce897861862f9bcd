"""Columns of what happened in the last tick: for sounds, effects and telemetry, not part of the state."""

KIND = 0
X = 1
Y = 2
A = 3
B = 4

WIDTH = 5
CAPACITY = 1024

SPAWNED = 1  # a: kind, b: uid
FIRED = 2  # at x, y; a: kind of tower, b: its uid
HIT = 3  # a: kind of tower, b: damage
BURST = 4  # a: kind of tower, b: radius
ARC = 5  # from x, y to a, b
DIED = 6  # a: kind of creep, b: bounty
LEAKED = 7  # a: kind of creep, b: lives
WAVE_BEGAN = 8  # a: wave, counted from 1
WAVE_CLEARED = 9  # a: wave, b: gold
HEALED = 10  # a: kind, b: hit points
