"""The physical constants of a match; `rules.PHYSICS` has their defaults and bounds."""

ACCELERATION = 0  # share in 32nds of the desired velocity that is added per tick
DRAG = 1  # share in 32nds of the velocity that is lost per tick
CENTRING = 2  # how strongly a creep walking straight is drawn to the middle of its cell
STIFFNESS = 3  # how strongly overlapping bodies push each other apart
KNOCK_BACK = 4  # percentage of what the towers' rules say
GRAVITY = 5  # of ballistic shells, in 1/256 unit per tick, per tick

NAMES = ("acceleration", "drag", "centring", "stiffness", "knock_back", "gravity")
WIDTH = 6
