"""Everything a player can do, by name: an action for each kind of thing to do, never for a single tower.

The names are stored in settings files: add new ones, never change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Action(StrEnum):
    """Something to do, whatever device triggers it."""

    POINT = "point"
    PAN = "pan"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    TOWER_BY_NUMBER = "tower-by-number"
    NEXT_TOWER = "next-tower"
    PREVIOUS_TOWER = "previous-tower"
    UPGRADE = "upgrade"
    OTHER_BRANCH = "other-branch"
    SELL = "sell"
    TARGETING = "targeting"
    START_WAVE = "start-wave"
    AUTO_START = "auto-start"
    PAUSE = "pause"
    SPEED = "speed"
    ZOOM_IN = "zoom-in"
    ZOOM_OUT = "zoom-out"
    SAVE = "save"
    LOAD = "load"
    HELP = "help"
    MUTE = "mute"
    FULLSCREEN = "fullscreen"
    DEBUG = "debug"


LABELS: Mapping[Action, str] = {
    Action.POINT: "Point and select",
    Action.PAN: "Drag the map",
    Action.CONFIRM: "Confirm, build",
    Action.CANCEL: "Back, deselect",
    Action.UP: "Cursor up",
    Action.DOWN: "Cursor down",
    Action.LEFT: "Cursor left",
    Action.RIGHT: "Cursor right",
    Action.TOWER_BY_NUMBER: "Tower by its number",
    Action.NEXT_TOWER: "Next kind of tower",
    Action.PREVIOUS_TOWER: "Previous kind of tower",
    Action.UPGRADE: "Upgrade (branch A)",
    Action.OTHER_BRANCH: "Upgrade (branch B)",
    Action.SELL: "Sell the selected tower",
    Action.TARGETING: "Change targeting",
    Action.START_WAVE: "Start the next wave",
    Action.AUTO_START: "Auto-start on or off",
    Action.PAUSE: "Pause",
    Action.SPEED: "Speed x1, x2, x4",
    Action.ZOOM_IN: "Zoom in",
    Action.ZOOM_OUT: "Zoom out",
    Action.SAVE: "Save",
    Action.LOAD: "Load",
    Action.HELP: "Show the hints",
    Action.MUTE: "Sound on or off",
    Action.FULLSCREEN: "Full screen",
    Action.DEBUG: "Debug overlay",
}

# Without these the player could not repair the other bindings.
INDISPENSABLE = frozenset({Action.POINT, Action.CONFIRM, Action.CANCEL})
