"""The colours: Okabe and Ito's eight, which are distinguishable with any colour vision, and the greys around them.

No colour carries meaning alone: a shape, an icon or a word always says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]

ORANGE: Colour = (230, 159, 0)
SKY: Colour = (86, 180, 233)
GREEN: Colour = (0, 158, 115)
YELLOW: Colour = (240, 228, 66)
BLUE: Colour = (0, 114, 178)
VERMILLION: Colour = (213, 94, 0)
PURPLE: Colour = (204, 121, 167)
BLACK: Colour = (0, 0, 0)

NIGHT: Colour = (17, 22, 31)  # background
PANEL: Colour = (28, 36, 49)
RAISED: Colour = (43, 54, 72)
HOVERED: Colour = (58, 72, 95)
MAIN_HOVERED: Colour = (24, 136, 200)  # BLUE, hovered
EDGE: Colour = (74, 90, 116)
TEXT: Colour = (238, 242, 248)
FAINT: Colour = (165, 178, 198)
OFF: Colour = (112, 124, 145)

# What the interface's greys become under high contrast; the eight colours stay.
HIGH_CONTRAST: Mapping[Colour, Colour] = {
    NIGHT: BLACK,
    PANEL: BLACK,
    RAISED: (18, 22, 30),
    HOVERED: (30, 58, 110),
    EDGE: (216, 224, 236),
    TEXT: (255, 255, 255),
    FAINT: (236, 240, 246),
    OFF: (176, 186, 204),
}

TINTS: Mapping[str, Colour] = {
    "gold": YELLOW,
    "danger": VERMILLION,
    "allowed": SKY,
    "arc": (196, 226, 255),
    "boost": YELLOW,
    "path": TEXT,
    "air": PURPLE,
    "debug": GREEN,
    "body": ORANGE,
}
