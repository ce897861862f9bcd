"""What screens receive from the devices: actions and a pointer, never a key."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from bulwark.desktop.input.actions import Action


class Press(NamedTuple):
    """A code was pressed; `action` is None if it is not bound. `x`, `y` is the pointer's position."""

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
    """A mouse or finger at a position in screen units; `by` is the action of its button, `code` the button itself."""

    phase: Phase
    x: float
    y: float
    by: Action | None
    touch: bool
    code: str = ""


Signal: TypeAlias = Press | Pointer
