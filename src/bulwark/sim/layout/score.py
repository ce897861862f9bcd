"""The match's single numbers, one of each."""

TICK = 0
SEED = 1
DIFFICULTY = 2
HP_PERCENT = 3
GOLD = 4
LIVES = 5
NEXT_UID = 6
WAVE = 7  # how many waves have started
COUNTDOWN = 8  # ticks until the next wave starts by itself; -1 if it waits for the player
AUTO_START = 9
OUTCOME = 10
CREEPS = 11  # how many of each exist
TOWERS = 12
SHELLS = 13
KILLED = 14
LEAKED = 15
CLEARED = 16  # how many waves were cleared
EARNED = 17  # gold earned in total
CALLED = 18  # gold of it earned by starting waves early
BREAK = 19  # ticks left of the break after a cleared wave; all of it while a wave runs
TWEAKED = 20  # 1 once a physical constant was changed: the result does not count

EVENTS = 21  # of the last tick: not part of the state

NAMES = (
    "tick", "seed", "difficulty", "hp_percent", "gold", "lives", "next_uid", "wave", "countdown", "auto_start",
    "outcome", "creeps", "towers", "shells", "killed", "leaked", "cleared", "earned", "called",
    "break", "tweaked",
)  # fmt: skip
WIDTH = 22

PLAYING = 0
WON = 1
LOST = 2
