"""Columns of the groups that make up the waves; all but SPAWNED and STARTED come from the map."""

WAVE = 0
KIND = 1
COUNT = 2
GAP = 3  # ticks between two creeps
DELAY = 4  # ticks from the wave's start to the first creep
SPAWN = 5  # index of the spawn
SPAWNED = 6  # how many have spawned
STARTED = 7  # the tick in which the wave started; -1 before

NAMES = ("wave", "kind", "count", "gap", "delay", "spawn", "spawned", "started")
WIDTH = 8
