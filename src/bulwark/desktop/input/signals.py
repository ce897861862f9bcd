"""What a screen is told of the devices: actions and a pointer, never a key."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from bulwark.desktop.input.actions import Action


class Press(NamedTuple):
    """A code was pressed; `action` is what it does, None for one that does nothing. `x`, `y` is where the pointer is."""

    action: Action | None
    code: str
    x: float
    y: float


class Phase(Enum):
    """What a pointer does."""

    MOVE = "move"
    DOWN = "down"
    UP = "up"


class Pointer(NamedTuple):
    """A mouse or a finger at a place of the screen, in its units; `by` is what its button does, `code` which it is."""

    phase: Phase
    x: float
    y: float
    by: Action | None
    touch: bool
    code: str = ""


Signal: TypeAlias = Press | Pointer
