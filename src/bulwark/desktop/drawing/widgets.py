"""Buttons, switches and sliders: made anew each frame from what they stand for, pointed at or gone through by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bulwark.desktop.camera import Area
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import (
    BLUE,
    EDGE,
    FAINT,
    HOVERED,
    MAIN_HOVERED,
    OFF,
    PANEL,
    RAISED,
    SKY,
    TEXT,
    YELLOW,
)
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.signals import Phase, Pointer, Press, Signal

_STEP = 0.05
_LABEL = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to press. `key` tells it from the others of its screen; `note` is what a pointer over it is told."""

    key: str
    area: Area
    text: str = ""
    act: Callable[[], None]
    icon: str = ""
    enabled: bool = True
    chosen: bool = False
    note: str = ""
    bare: bool = False  # drawn by its screen
    main: bool = False  # what is done here most of the time

    def draw(self, painter: Painter, *, pointed: bool, focused: bool) -> None:
        """Draw it as it is now."""
        if not self.bare:
            _plate(
                painter,
                self.area,
                pointed=pointed and self.enabled,
                chosen=self.chosen,
                main=self.main and self.enabled,
            )
            _content(painter, self.area, self.text, self.icon, enabled=self.enabled)
        if focused:
            _focus(painter, self.area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Something that is on or off, said by where its knob is and by a word."""

    key: str
    area: Area
    text: str
    on: bool
    act: Callable[[], None]
    enabled: bool = True
    note: str = ""

    def draw(self, painter: Painter, *, pointed: bool, focused: bool) -> None:
        """Draw it as it is now."""
        area, middle = self.area, self.area.y + self.area.height / 2
        _plate(painter, area, pointed=pointed, chosen=False)
        painter.text(self.text, (area.x + 16, middle), size=_LABEL, anchor="midleft")
        left = area.x + area.width - 66
        painter.box((left, middle - 12, 50, 24), SKY if self.on else OFF, radius=12)
        painter.circle((left + (38 if self.on else 12), middle), 9, TEXT)
        painter.text(
            "on" if self.on else "off", (left - 10, middle), size=_LABEL, colour=FAINT, anchor="midright"
        )
        if focused:
            _focus(painter, area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A share from 0 to 1, by pointing or in steps."""

    key: str
    area: Area
    text: str
    value: float
    change: Callable[[float], None]
    enabled: bool = True
    note: str = ""

    def draw(self, painter: Painter, *, pointed: bool, focused: bool) -> None:
        """Draw it as it is now."""
        area, middle = self.area, self.area.y + self.area.height / 2
        left, width = self.track()
        _plate(painter, area, pointed=pointed, chosen=False)
        painter.text(self.text, (area.x + 16, middle), size=_LABEL, anchor="midleft")
        painter.box((left, middle - 3, width, 6), EDGE, radius=3)
        painter.box((left, middle - 3, width * self.value, 6), SKY, radius=3)
        painter.circle((left + width * self.value, middle), 9, TEXT)
        painter.text(f"{self.value:.0%}", (area.x + area.width - 14, middle), size=_LABEL, anchor="midright")
        if focused:
            _focus(painter, area)

    def track(self) -> tuple[float, float]:
        """Where its line begins, and how long it is."""
        return self.area.x + self.area.width * 0.45, self.area.width * 0.55 - 80

    def at(self, x: float) -> float:
        """The value under a place."""
        left, width = self.track()
        return min(max((x - left) / width, 0.0), 1.0)

    def act(self) -> None:
        """Confirming changes nothing: left and right do."""


Widget = Button | Switch | Slider


class Desk:
    """Whose turn it is among a screen's widgets: what is pointed at, and what the keys are on."""

    def __init__(self) -> None:
        self.focus = ""
        self.by_keys = False
        self._at = (-1.0, -1.0)
        self._held = ""

    def draw(self, painter: Painter, widgets: Sequence[Widget]) -> None:
        """Draw all of them."""
        for widget in widgets:
            pointed = not self.by_keys and widget.area.holds(*self._at)
            widget.draw(painter, pointed=pointed, focused=self.by_keys and widget.key == self.focus)

    def pointed(self, widgets: Sequence[Widget]) -> Widget | None:
        """The widget under the pointer, or with the keys' focus."""
        if self.by_keys:
            return next((each for each in widgets if each.key == self.focus), None)
        return next((each for each in reversed(widgets) if each.area.holds(*self._at)), None)

    def take(self, signal: Signal, widgets: Sequence[Widget]) -> bool:
        """Let the widgets have the signal; whether one of them wanted it."""
        if isinstance(signal, Pointer):
            return self._point(signal, widgets)
        return self._press(signal, widgets)

    def _point(self, signal: Pointer, widgets: Sequence[Widget]) -> bool:
        self._at, self.by_keys = (signal.x, signal.y), False
        held = next((each for each in widgets if each.key == self._held), None)
        under = self.pointed(widgets)
        if signal.phase is Phase.DOWN and signal.by is Action.POINT:
            self._held = under.key if under else ""
            held = under
        if isinstance(held, Slider) and signal.phase is not Phase.UP:
            held.change(held.at(signal.x))
        if signal.phase is Phase.UP:
            self._held = ""
            if held is not None and held is under and held.enabled:
                held.act()
        return under is not None or held is not None

    def _press(self, signal: Press, widgets: Sequence[Widget]) -> bool:
        focused = next((each for each in widgets if each.key == self.focus), None)
        match signal.action:
            case Action.CONFIRM if focused is not None and self.by_keys:
                if focused.enabled:
                    focused.act()
                return True
            case Action.LEFT | Action.RIGHT if isinstance(focused, Slider) and self.by_keys:
                step = _STEP if signal.action is Action.RIGHT else -_STEP
                focused.change(round(min(max(focused.value + step, 0.0), 1.0), 2))
                return True
            case Action.UP | Action.DOWN | Action.LEFT | Action.RIGHT | Action.CONFIRM:
                self._move(signal.action, focused, widgets)
                return True
        return False

    def _move(self, way: Action, focused: Widget | None, widgets: Sequence[Widget]) -> None:
        first = focused is None or not self.by_keys
        self.by_keys = True
        if first:
            self.focus = focused.key if focused else next((each.key for each in widgets if each.enabled), "")
            return
        assert focused is not None  # noqa: S101  for mypy
        others = [(_apart(focused.area, each.area, way), each.key) for each in widgets if each.enabled]
        nearest = min(((apart, key) for apart, key in others if apart is not None), default=None)
        if nearest is not None:
            self.focus = nearest[1]


def _apart(here: Area, there: Area, way: Action) -> float | None:
    """How far `there` is in such a direction; None where it is not in it. What is beside it is farther."""
    across = there.x + there.width / 2 - here.x - here.width / 2
    down = there.y + there.height / 2 - here.y - here.height / 2
    along, aside = {
        Action.RIGHT: (across, down), Action.LEFT: (-across, down),
        Action.DOWN: (down, across), Action.UP: (-down, across),
    }.get(way, (0.0, 0.0))  # fmt: skip
    return along + 2 * abs(aside) if along > 1 else None


def _plate(painter: Painter, area: Area, *, pointed: bool, chosen: bool, main: bool = False) -> None:
    box = (area.x, area.y, area.width, area.height)
    ground = MAIN_HOVERED if main and pointed else BLUE if main else HOVERED if pointed else RAISED
    painter.box(box, ground, radius=8)
    painter.box(box, SKY if chosen else EDGE, radius=8, edge=2.5 if chosen else 1.0)


def _content(painter: Painter, area: Area, text: str, icon: str, *, enabled: bool) -> None:
    middle = (area.x + area.width / 2, area.y + area.height / 2)
    size = min(area.height * 0.62, 30.0)
    if icon and not text:
        painter.icon(icon, middle, size, opacity=1.0 if enabled else 0.4)
        return
    colour = TEXT if enabled else OFF
    if not icon:
        painter.text(text, middle, size=_LABEL, colour=colour, anchor="center")
        return
    left = middle[0] - (painter.width_of(text, size=_LABEL) + size + 8) / 2
    painter.icon(icon, (left + size / 2, middle[1]), size, opacity=1.0 if enabled else 0.4)
    painter.text(text, (left + size + 8, middle[1]), size=_LABEL, colour=colour, anchor="midleft")


def _focus(painter: Painter, area: Area) -> None:
    painter.box((area.x - 4, area.y - 4, area.width + 8, area.height + 8), YELLOW, radius=11, edge=3)


def veil(painter: Painter) -> None:
    """Darken what is on the screen, for what comes over it."""
    painter.box((0, 0, painter.width, painter.height), PANEL, opacity=0.72)
