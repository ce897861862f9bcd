"""Buttons, switches and sliders, rebuilt each frame from the current state; used by pointer or keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
from bulwark.desktop.scene.camera import Area

_STEP = 0.05
_LABEL_SIZE = 16.0
_STACKED_SIZE = 13.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to press. `key` identifies it on its screen; `note` is the hint shown when it is pointed at."""

    key: str
    area: Area
    text: str = ""
    act: Callable[[], None]
    icon: str = ""
    enabled: bool = True
    selected: bool = False
    note: str = ""
    bare: bool = False  # the screen draws it
    main: bool = False  # the main action of the screen

    def draw(self, painter: Painter, *, pointed: bool, focused: bool) -> None:
        """Draw its current state."""
        if not self.bare:
            _plate(
                painter,
                self.area,
                pointed=pointed and self.enabled,
                selected=self.selected,
                main=self.main and self.enabled,
            )
            _label(painter, self.area, self.text, self.icon, enabled=self.enabled)
        if focused:
            _focus(painter, self.area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Something that is on or off, shown by its knob and in words."""

    key: str
    area: Area
    text: str
    on: bool
    act: Callable[[], None]
    enabled: bool = True
    note: str = ""

    def draw(self, painter: Painter, *, pointed: bool, focused: bool) -> None:
        """Draw its current state."""
        area, middle = self.area, self.area.y + self.area.height / 2
        _plate(painter, area, pointed=pointed, selected=False)
        left = area.x + area.width - 66
        label = left - 50 - area.x - 16
        painter.text(self.text, (area.x + 16, middle), size=_LABEL_SIZE, anchor="midleft", fit=label)
        painter.box((left, middle - 12, 50, 24), SKY if self.on else OFF, radius=12)
        painter.circle((left + (38 if self.on else 12), middle), 9, TEXT)
        painter.text(
            "on" if self.on else "off", (left - 10, middle), size=_LABEL_SIZE, colour=FAINT, anchor="midright"
        )
        if focused:
            _focus(painter, area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A value from 0 to 1, set by pointing or in steps; `shown` is what it stands for, if not a percentage."""

    key: str
    area: Area
    text: str
    value: float
    change: Callable[[float], None]
    shown: str = ""
    default: float | None = None  # marked on the track
    stacked: bool = False  # the track is below the text, for narrow places
    enabled: bool = True
    note: str = ""

    def draw(self, painter: Painter, *, pointed: bool, focused: bool) -> None:
        """Draw its current state."""
        area, middle = self.area, self.area.y + self.area.height * (0.72 if self.stacked else 0.5)
        words = self.area.y + self.area.height * (0.3 if self.stacked else 0.5)
        left, width = self.track()
        _plate(painter, area, pointed=pointed, selected=False)
        label = area.width - 90 if self.stacked else left - area.x - 26
        size = _STACKED_SIZE if self.stacked else _LABEL_SIZE
        painter.text(self.text, (area.x + 16, words), size=size, anchor="midleft", fit=label)
        painter.box((left, middle - 3, width, 6), EDGE, radius=3)
        painter.box((left, middle - 3, width * self.value, 6), SKY, radius=3)
        if self.default is not None:
            mark = 8 if self.stacked else 12
            painter.box((left + width * self.default - 1, middle - mark, 2, 2 * mark), YELLOW)
        painter.circle((left + width * self.value, middle), 7 if self.stacked else 9, TEXT)
        shown = self.shown or f"{self.value:.0%}"
        painter.text(shown, (area.x + area.width - 14, words), size=size, anchor="midright")
        if focused:
            _focus(painter, area)

    def track(self) -> tuple[float, float]:
        """Where its track starts, and how long it is."""
        if self.stacked:
            return self.area.x + 18, self.area.width - 38
        return self.area.x + self.area.width * 0.45, self.area.width * 0.55 - 80

    def at(self, x: float) -> float:
        """The value at a position."""
        left, width = self.track()
        return min(max((x - left) / width, 0.0), 1.0)

    def act(self) -> None:
        """Confirming changes nothing: use left and right."""


Widget = Button | Switch | Slider


class WidgetGroup:
    """Pointer and keyboard focus among a screen's widgets."""

    def __init__(self) -> None:
        self.focus = ""
        self.by_keys = False
        self._at = (-1.0, -1.0)
        self._pressed = ""

    def draw(self, painter: Painter, widgets: Sequence[Widget]) -> None:
        """Draw all of them."""
        for widget in widgets:
            pointed = not self.by_keys and widget.area.contains(*self._at)
            widget.draw(painter, pointed=pointed, focused=self.by_keys and widget.key == self.focus)

    def pointed(self, widgets: Sequence[Widget]) -> Widget | None:
        """The widget under the pointer, or with keyboard focus."""
        if self.by_keys:
            return next((each for each in widgets if each.key == self.focus), None)
        return next((each for each in reversed(widgets) if each.area.contains(*self._at)), None)

    def handle(self, signal: Signal, widgets: Sequence[Widget]) -> bool:
        """Offer the signal to the widgets; returns whether one of them used it."""
        if isinstance(signal, Pointer):
            return self._point(signal, widgets)
        return self._press(signal, widgets)

    def _point(self, signal: Pointer, widgets: Sequence[Widget]) -> bool:
        self._at, self.by_keys = (signal.x, signal.y), False
        pressed = next((each for each in widgets if each.key == self._pressed), None)
        under = self.pointed(widgets)
        if signal.phase is Phase.DOWN and signal.by is Action.POINT:
            self._pressed = under.key if under else ""
            pressed = under
        if isinstance(pressed, Slider) and pressed.enabled and signal.phase is not Phase.UP:
            pressed.change(pressed.at(signal.x))
        if signal.phase is Phase.UP:
            self._pressed = ""
            if pressed is not None and pressed is under and pressed.enabled:
                pressed.act()
        return under is not None or pressed is not None

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

    def _move(self, direction: Action, focused: Widget | None, widgets: Sequence[Widget]) -> None:
        first = focused is None or not self.by_keys
        self.by_keys = True
        if first:
            self.focus = focused.key if focused else next((each.key for each in widgets if each.enabled), "")
            return
        assert focused is not None  # noqa: S101  for mypy
        others = [
            (_distance(focused.area, each.area, direction), each.key) for each in widgets if each.enabled
        ]
        nearest = min(((distance, key) for distance, key in others if distance is not None), default=None)
        if nearest is not None:
            self.focus = nearest[1]


def _distance(here: Area, there: Area, direction: Action) -> float | None:
    """The distance to `there` in this direction, None if it is not in that direction. Offsets to the side count double."""
    across = there.x + there.width / 2 - here.x - here.width / 2
    down = there.y + there.height / 2 - here.y - here.height / 2
    along, aside = {
        Action.RIGHT: (across, down), Action.LEFT: (-across, down),
        Action.DOWN: (down, across), Action.UP: (-down, across),
    }.get(direction, (0.0, 0.0))  # fmt: skip
    return along + 2 * abs(aside) if along > 1 else None


def _plate(painter: Painter, area: Area, *, pointed: bool, selected: bool, main: bool = False) -> None:
    box = (area.x, area.y, area.width, area.height)
    ground = MAIN_HOVERED if main and pointed else BLUE if main else HOVERED if pointed else RAISED
    painter.box(box, ground, radius=8)
    painter.box(box, SKY if selected else EDGE, radius=8, edge=2.5 if selected else 1.0)


def _label(painter: Painter, area: Area, text: str, icon: str, *, enabled: bool) -> None:
    middle = (area.x + area.width / 2, area.y + area.height / 2)
    size = min(area.height * 0.62, 30.0)
    if icon and not text:
        painter.icon(icon, middle, size, opacity=1.0 if enabled else 0.4)
        return
    colour = TEXT if enabled else OFF
    if not icon:
        painter.text(text, middle, size=_LABEL_SIZE, colour=colour, anchor="center", fit=area.width - 16)
        return
    room = area.width - size - 24
    width = min(painter.width_of(text, size=_LABEL_SIZE), room)
    left = middle[0] - (width + size + 8) / 2
    painter.icon(icon, (left + size / 2, middle[1]), size, opacity=1.0 if enabled else 0.4)
    at = (left + size + 8, middle[1])
    painter.text(text, at, size=_LABEL_SIZE, colour=colour, anchor="midleft", fit=room)


def _focus(painter: Painter, area: Area) -> None:
    painter.box((area.x - 4, area.y - 4, area.width + 8, area.height + 8), YELLOW, radius=11, edge=3)


def dim(painter: Painter) -> None:
    """Darken the screen before something is drawn over it."""
    painter.box((0, 0, painter.width, painter.height), PANEL, opacity=0.72)
