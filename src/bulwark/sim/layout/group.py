"""Columns of the groups of which waves consist; all but SPAWNED and STARTED come from the map."""

WAVE = 0
KIND = 1
COUNT = 2
GAP = 3  # ticks between two creeps
DELAY = 4  # ticks from the wave's beginning to the first
SPAWN = 5  # which way in
SPAWNED = 6  # how many have come
STARTED = 7  # the tick in which the wave began; -1 before

NAMES = ("wave", "kind", "count", "gap", "delay", "spawn", "spawned", "started")
WIDTH = 8
