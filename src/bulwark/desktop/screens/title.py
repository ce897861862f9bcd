"""The title screen: maps with their stars, difficulty, and the main menu."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bulwark.assets import built
from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import EDGE, FAINT, HOVERED, PANEL, RAISED, SKY, TEXT
from bulwark.desktop.drawing.scene_painter import Ground
from bulwark.desktop.drawing.widgets import Button, Widget, WidgetGroup
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.signals import Press, Signal
from bulwark.desktop.profile.kept import kept_matches
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.scene.nodes import Transform
from bulwark.desktop.screens.forms import draw_note, draw_stars
from bulwark.desktop.screens.launcher import resume, start
from bulwark.desktop.screens.opening import OpenScreen
from bulwark.desktop.screens.settings import SettingsScreen
from bulwark.sim import rules
from bulwark.sim.maps import Map
from bulwark.sim.rules import CELL

_SIDE = 330.0
_HEAD = 104.0
_GAP = 18.0
_COLUMNS = 3
_NOTES = ("More gold, weaker creeps", "Balanced", "Less gold, tougher creeps, fewer lives")


class TitleScreen:
    """Starts and resumes matches, opens the settings, quits."""

    covers = True
    panel = None
    takes_all_keys = False

    def __init__(self, app: App, *, seed: int | None = None, difficulty: int = 1, selected: str = "") -> None:
        self.app = app
        self._widget_group = WidgetGroup()
        self._seed = seed
        self._difficulty = difficulty
        self._kept = kept_matches(app.home, app.maps)
        ids = [each.id for each in app.maps]
        first = selected if selected in ids else next(iter(self._kept), "")
        self._selected = ids.index(first) if first else self._first_unwon()
        self._grounds = {each.id: Ground(built.path(f"grounds/{each.id}.png")) for each in app.maps}

    def handle(self, signal: Signal) -> None:
        """Select a map and start."""
        if isinstance(signal, Press) and signal.action is Action.START_WAVE:
            self._begin()
            return
        if isinstance(signal, Press) and signal.action is Action.CONFIRM and not self._widget_group.by_keys:
            self._begin()
            return
        self._widget_group.handle(signal, self._widgets())

    def advance(self, elapsed: int) -> None:
        """Nothing moves."""

    def close(self) -> None:
        """Nothing to save."""

    def set_aside(self) -> None:
        """Nothing to pause."""

    def draw(self, painter: Painter) -> None:
        """Maps on the left, the selected one on the right."""
        painter.icon("emblem/bulwark", (70, _HEAD / 2 + 6), 84)
        painter.text("Bulwark", (124, _HEAD / 2 - 8), size=44, anchor="midleft")
        painter.text(
            "Build the maze that the creeps must walk.",
            (126, _HEAD / 2 + 30),
            size=16,
            colour=FAINT,
            anchor="midleft",
        )
        widgets = self._widgets()
        pointed = self._widget_group.pointed(widgets)
        for n, each in enumerate(self.app.maps):
            area = self._card(n)
            hovered = pointed is not None and pointed.key == f"map-{each.id}"
            self._draw_card(painter, each, area, selected=n == self._selected, hovered=hovered)
        self._draw_side(painter, self.app.maps[self._selected])
        self._widget_group.draw(painter, widgets)
        draw_note(painter, self._widget_group, widgets)

    def _widgets(self) -> Sequence[Widget]:
        widgets: list[Widget] = [
            Button(
                key=f"map-{each.id}", area=self._card(n), act=lambda n=n: self._select(n), bare=True,  # type: ignore[misc]
            )
            for n, each in enumerate(self.app.maps)
        ]  # fmt: skip
        left, top, width = self._side_left(), _HEAD + 250, _SIDE - _GAP - 48
        third = (width - 16) / 3
        for n, name in enumerate(rules.DIFFICULTIES):
            widgets.append(
                Button(
                    key=f"difficulty-{name}", area=Area(left + n * (third + 8), top, third, 42), text=name,
                    act=lambda n=n: self._set_difficulty(n),  # type: ignore[misc]
                    selected=n == self._difficulty, note=_NOTES[n],
                )
            )  # fmt: skip
        missing = self._stars_missing(self._selected)
        widgets.append(
            Button(
                key="play", area=Area(left, top + 60, width, 60), text="Locked" if missing else "Play",
                icon="icon/lock" if missing else "icon/play", main=True, act=self._begin, enabled=not missing,
                note=_needed(missing),
            )
        )  # fmt: skip
        chosen = self._chosen.id
        kept = self._kept.get(chosen)
        resumed = f"Continue at wave {kept.wave} of {kept.wave_count}" if kept else "Continue"
        others = (
            ("continue", resumed, "icon/load", self._resume, chosen in self._kept),
            ("open", "Open a save file", "icon/save", lambda: self.app.push(OpenScreen(self.app)), True),
            ("settings", "Settings", "icon/settings", lambda: self.app.push(SettingsScreen(self.app)), True),
            ("quit", "Quit", "icon/close", self.app.quit, True),
        )
        for n, (key, text, icon, act, enabled) in enumerate(others):
            area = Area(left, top + 134 + n * 54, width, 46)
            widgets.append(Button(key=key, area=area, text=text, icon=icon, act=act, enabled=enabled))
        return widgets

    @property
    def _chosen(self) -> Map:
        return self.app.maps[self._selected]

    def _stars_missing(self, n: int) -> int:
        """How many more stars open map `n`; none if it was won, or a match is kept there."""
        each = self.app.maps[n]
        return self.app.progress.stars_missing(each, kept=each.id in self._kept)

    def _card(self, n: int) -> Area:
        painter = self.app.painter
        rows = -(-len(self.app.maps) // _COLUMNS)
        width = (painter.width - _SIDE - _GAP * (_COLUMNS + 1)) / _COLUMNS
        height = (painter.height - _HEAD - _GAP * (rows + 0.5)) / rows
        return Area(
            _GAP + n % _COLUMNS * (width + _GAP), _HEAD + n // _COLUMNS * (height + _GAP), width, height
        )

    def _draw_card(self, painter: Painter, each: Map, area: Area, *, selected: bool, hovered: bool) -> None:
        box = (area.x, area.y, area.width, area.height)
        painter.box(box, HOVERED if hovered else RAISED if selected else PANEL, radius=14)
        self._draw_map(painter, each, Area(area.x + 12, area.y + 12, area.width - 24, area.height - 84))
        bottom = area.y + area.height
        painter.text(each.name, (area.x + 16, bottom - 60), size=20)
        missing = self._stars_missing(self.app.maps.index(each))
        line, room = _needed(missing) or self._waves(each), area.width - (32 if missing else 120)
        painter.text(line, (area.x + 16, bottom - 30), size=14, colour=FAINT, fit=room)
        corner = (area.x + area.width - 58, bottom - 38)
        if missing:
            painter.icon("icon/lock", (area.x + area.width - 30, bottom - 50), 30)
        else:
            draw_stars(painter, self.app.progress.best(each.id), corner, size=26)
        painter.box(box, SKY if selected else EDGE, radius=14, edge=3.5 if selected else 1.0)

    def _waves(self, each: Map) -> str:
        kept = self._kept.get(each.id)
        return f"Kept at wave {kept.wave} of {kept.wave_count}" if kept else f"{len(each.waves)} waves"

    def _draw_map(self, painter: Painter, each: Map, area: Area) -> None:
        cells = min(area.width / (each.width + 2), area.height / (each.height + 2))
        left = area.x + (area.width - cells * (each.width + 2)) / 2
        top = area.y + (area.height - cells * (each.height + 2)) / 2
        self._grounds[each.id].draw(painter, Transform(left, top, 0.0, cells / CELL))
        for frame, places in (("mark/spawn", each.spawns), ("mark/goal", [each.goal])):
            for column, row in places:
                painter.icon(
                    frame, (left + (column + 1.5) * cells, top + (row + 1.5) * cells), max(cells * 2.2, 18)
                )

    def _draw_side(self, painter: Painter, each: Map) -> None:
        left = self._side_left()
        painter.panel((left - 24, _HEAD, _SIDE - _GAP, painter.height - _HEAD - _GAP / 2), radius=14)
        painter.text(each.name, (left, _HEAD + 20), size=30)
        rule = rules.DIFFICULTY_RULES[self._difficulty]
        facts = (
            ("icon/wave", f"{len(each.waves)} waves from {_spawns(len(each.spawns))}"),
            ("icon/gold", f"{each.gold * rule.gold // 100} starting gold"),
            ("icon/lives", f"{max(each.lives * rule.lives // 100, 1)} lives"),
        )
        for n, (icon, text) in enumerate(facts):
            painter.icon(icon, (left + 13, _HEAD + 82 + n * 34), 26)
            middle = _HEAD + 82 + n * 34
            painter.text(text, (left + 36, middle), size=16, anchor="midleft", colour=TEXT, fit=_SIDE - 110)
        stars = self.app.progress.of(each.id, rules.DIFFICULTIES[self._difficulty])
        draw_stars(painter, stars, (left + 50, _HEAD + 206), size=36)

    def _side_left(self) -> float:
        return self.app.painter.width - _SIDE + 24

    def _first_unwon(self) -> int:
        unwon = [
            n
            for n, each in enumerate(self.app.maps)
            if not self.app.progress.best(each.id) and not self._stars_missing(n)
        ]
        return unwon[0] if unwon else 0

    def _select(self, n: int) -> None:
        if n == self._selected and not self._widget_group.by_keys:
            self._begin()
            return
        self._selected = n
        self.app.sound.play("click")

    def _set_difficulty(self, n: int) -> None:
        self._difficulty = n
        self.app.sound.play("click")

    def _begin(self) -> None:
        missing = self._stars_missing(self._selected)
        if missing:
            self.app.notify(_needed(missing))
            return
        seed = secrets.randbits(32) if self._seed is None else self._seed
        start(self.app, self._chosen, seed=seed, difficulty=self._difficulty)

    def _resume(self) -> None:
        resume(self.app, self.app.home.checkpoint(self._chosen.id))


def _spawns(count: int) -> str:
    return "one spawn" if count == 1 else f"{count} spawns"


def _needed(stars: int) -> str:
    """How many more stars open a map; empty if it is open."""
    if not stars:
        return ""
    return "Win one more star to open it" if stars == 1 else f"Win {stars} more stars to open it"
