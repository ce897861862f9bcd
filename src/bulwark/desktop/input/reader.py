"""Translates pygame's events into signals, using the player's bindings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pygame

from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.bindings import Bindings
from bulwark.desktop.input.signals import Phase, Pointer, Press, Signal

_MOUSE: Mapping[int, str] = {1: "left", 2: "middle", 3: "right", 6: "back", 7: "forward"}
_PAD: Mapping[int, str] = {
    pygame.CONTROLLER_BUTTON_A: "a",
    pygame.CONTROLLER_BUTTON_B: "b",
    pygame.CONTROLLER_BUTTON_X: "x",
    pygame.CONTROLLER_BUTTON_Y: "y",
    pygame.CONTROLLER_BUTTON_BACK: "back",
    pygame.CONTROLLER_BUTTON_GUIDE: "guide",
    pygame.CONTROLLER_BUTTON_START: "start",
    pygame.CONTROLLER_BUTTON_LEFTSTICK: "left-stick",
    pygame.CONTROLLER_BUTTON_RIGHTSTICK: "right-stick",
    pygame.CONTROLLER_BUTTON_LEFTSHOULDER: "left-shoulder",
    pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: "right-shoulder",
    pygame.CONTROLLER_BUTTON_DPAD_UP: "dpad-up",
    pygame.CONTROLLER_BUTTON_DPAD_DOWN: "dpad-down",
    pygame.CONTROLLER_BUTTON_DPAD_LEFT: "dpad-left",
    pygame.CONTROLLER_BUTTON_DPAD_RIGHT: "dpad-right",
}
_AXES: Mapping[int, str] = {
    pygame.CONTROLLER_AXIS_LEFTX: "left-x",
    pygame.CONTROLLER_AXIS_LEFTY: "left-y",
    pygame.CONTROLLER_AXIS_RIGHTX: "right-x",
    pygame.CONTROLLER_AXIS_RIGHTY: "right-y",
    pygame.CONTROLLER_AXIS_TRIGGERLEFT: "trigger-left",
    pygame.CONTROLLER_AXIS_TRIGGERRIGHT: "trigger-right",
}
# An axis counts as pressed beyond half of its range, and as released below a third.
_PRESSED, _RELEASED = 16_384, 10_922
# Held sticks and buttons repeat like held keys, in microseconds.
FIRST_REPEAT, NEXT_REPEAT = 280_000, 70_000
_REPEATING = frozenset({Action.UP, Action.DOWN, Action.LEFT, Action.RIGHT, Action.ZOOM_IN, Action.ZOOM_OUT})


# Where the number row is: on some keyboards it types other characters without Shift.
_NUMBER_ROW = range(pygame.KSCAN_1, pygame.KSCAN_9 + 1)


def _key_name(event: pygame.event.Event) -> str:
    """The name of a key in codes. A key without a name has the number of its place; `#` alone means the row of numbers."""
    place = getattr(event, "scancode", 0)
    if place in _NUMBER_ROW:
        return str(place - pygame.KSCAN_1 + 1)
    name = pygame.key.name(event.key).strip()
    return "hash" if name == "#" else name or f"scancode {place}"


class InputReader:
    """Turns events into signals. `scale` is pixels per screen unit."""

    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings
        self.scale = 1.0
        self.size = (1, 1)
        self._at = (0.0, 0.0)
        self._held: dict[str, int] = {}

    def signals(self, event: pygame.event.Event) -> Iterator[Signal]:
        """The signals of an event: none, a press, or a pointer."""
        match event.type:
            case pygame.KEYDOWN:
                yield self._press(f"key:{_key_name(event)}")
            case pygame.MOUSEMOTION | pygame.MOUSEBUTTONDOWN | pygame.MOUSEBUTTONUP:
                yield from self._mouse(event)
            case pygame.MOUSEWHEEL if event.y:
                yield self._press("wheel:up" if event.y > 0 else "wheel:down")
            case pygame.FINGERDOWN | pygame.FINGERMOTION | pygame.FINGERUP:
                yield self._finger(event)
            case pygame.CONTROLLERBUTTONDOWN if event.button in _PAD:
                yield self._hold(f"pad:{_PAD[event.button]}")
            case pygame.CONTROLLERBUTTONUP if event.button in _PAD:
                self._held.pop(f"pad:{_PAD[event.button]}", None)
            case pygame.CONTROLLERAXISMOTION if event.axis in _AXES:
                yield from self._axis(_AXES[event.axis], event.value)

    def repeats(self, elapsed: int) -> Iterator[Signal]:
        """The repeated presses of held gamepad controls after `elapsed` more microseconds."""
        for code, left in list(self._held.items()):
            self._held[code] = left - elapsed
            if self._held[code] <= 0 and self.bindings.action(code) in _REPEATING:
                self._held[code] = NEXT_REPEAT
                yield self._press(code)

    def release(self) -> None:
        """Forget what is held down: the window will not hear of its release."""
        self._held.clear()

    def _press(self, code: str) -> Press:
        return Press(self.bindings.action(code), code, *self._at)

    def _hold(self, code: str) -> Press:
        self._held[code] = FIRST_REPEAT
        return self._press(code)

    def _mouse(self, event: pygame.event.Event) -> Iterator[Signal]:
        if getattr(event, "touch", False):
            return  # the touch event itself is more precise
        self._at = (event.pos[0] / self.scale, event.pos[1] / self.scale)
        if event.type == pygame.MOUSEMOTION:
            yield Pointer(Phase.MOVE, *self._at, by=None, touch=False)
            return
        code = f"mouse:{_MOUSE.get(event.button, event.button)}"
        action = self.bindings.action(code)
        if action in {Action.POINT, Action.PAN}:
            phase = Phase.DOWN if event.type == pygame.MOUSEBUTTONDOWN else Phase.UP
            yield Pointer(phase, *self._at, by=action, touch=False, code=code)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button not in {4, 5}:
            yield self._press(code)

    def _finger(self, event: pygame.event.Event) -> Pointer:
        self._at = (event.x * self.size[0] / self.scale, event.y * self.size[1] / self.scale)
        phases = {pygame.FINGERDOWN: Phase.DOWN, pygame.FINGERUP: Phase.UP}
        phase, action = phases.get(event.type, Phase.MOVE), self.bindings.action("finger")
        return Pointer(phase, *self._at, by=action, touch=True, code="finger")

    def _axis(self, name: str, value: int) -> Iterator[Signal]:
        for sign, share in (("+", value), ("-", -value)):
            code = f"axis:{name}{sign}"
            if share > _PRESSED and code not in self._held:
                yield self._hold(code)
            elif share < _RELEASED:
                self._held.pop(code, None)
