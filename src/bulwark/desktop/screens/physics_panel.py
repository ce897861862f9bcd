"""The physical constants in the debug overlay: a slider for each, and the player's profiles of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import NIGHT, YELLOW
from bulwark.desktop.drawing.widgets import Button, Slider, Widget
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.board import Board
from bulwark.desktop.screens.naming import NameScreen
from bulwark.sim import rules
from bulwark.sim.commands import SetConstant
from bulwark.sim.layout import physics

_SLIDER, _ROW, _GAP = 38.0, 30.0, 2.0
_HEADING = 34.0
_DELETE = 30.0
_MAX_PROFILES = 4
_MARK = "Physics changed: no stars"


class PhysicsPanel:
    """Changes take effect with the next tick; a replay and a match that is over only show theirs."""

    def __init__(self, app: App, board: Board) -> None:
        self._app = app
        self._board = board

    def widgets(self) -> Sequence[Widget]:
        """A slider for each constant, the defaults, and the profiles; nothing without the overlay."""
        if not self.shown:
            return ()
        sliders = [self._slider(constant) for constant in range(physics.WIDTH)]
        return [*sliders, *self._buttons(), *self._profiles()]

    @property
    def shown(self) -> bool:
        """Whether the overlay is on, and nothing that was selected takes the panel's place beside the board."""
        selection = self._board.selection
        return self._board.debug and selection.tower_index() is None and selection.creep_index() is None

    def draw(self, painter: Painter) -> None:
        """Draw what is behind the widgets."""
        area = self._board.layout.tower
        painter.panel((area.x, area.y, area.width, area.height))
        painter.text("Physics", (area.x + 14, area.y + 9), size=18)

    def draw_mark(self, painter: Painter) -> None:
        """Mark a match whose result does not count."""
        if not self._board.match.tweaked:
            return
        field, width = self._board.layout.field, painter.width_of(_MARK, size=16) + 24
        left, top = field.x + field.width - width - 10, field.y + field.height - 38
        painter.box((left, top, width, 28), NIGHT, radius=6, opacity=0.85)
        painter.text(_MARK, (left + 12, top + 14), size=16, colour=YELLOW, anchor="midleft")

    @property
    def _enabled(self) -> bool:
        return not self._board.watching and not self._board.session.over

    def _area(self, row: int, *, column: int) -> Area:
        """One of two beside each other, in a row below the sliders."""
        panel = self._board.layout.tower
        width = (panel.width - 20 - _GAP) / 2
        top = panel.y + _HEADING + physics.WIDTH * (_SLIDER + _GAP) + row * (_ROW + _GAP)
        return Area(panel.x + 10 + column * (width + _GAP), top, width, _ROW)

    def _slider(self, constant: int) -> Slider:
        rule, value = rules.PHYSICS[constant], int(self._board.match.world.physics[constant])
        span = rule.most - rule.least
        name, panel = physics.NAMES[constant], self._board.layout.tower
        top = panel.y + _HEADING + constant * (_SLIDER + _GAP)
        return Slider(
            key=f"physics-{name}",
            area=Area(panel.x + 10, top, panel.width - 20, _SLIDER),
            stacked=True,
            text=f"{_readable(name)}, default {rule.default}",
            value=(value - rule.least) / span,
            default=(rule.default - rule.least) / span,
            shown=f"{value}",
            enabled=self._enabled,
            change=lambda share: self._set(constant, round(rule.least + share * span)),
        )

    def _buttons(self) -> Sequence[Button]:
        return [
            Button(
                key="physics-defaults", area=self._area(0, column=0), text="Defaults", act=lambda: self._choose({}),
                enabled=self._enabled,
            ),
            Button(
                key="physics-save", area=self._area(0, column=1), text="Save ...", act=self._save,
                note="Keeps the constants under a name",
            ),
        ]  # fmt: skip

    def _profiles(self) -> Sequence[Button]:
        buttons: list[Button] = []
        for n, (name, profile) in enumerate(sorted(self._app.settings.physics.items())):
            area = self._area(1 + n // 2, column=n % 2)
            left = Area(area.x, area.y, area.width - _DELETE - _GAP, area.height)
            right = Area(area.x + area.width - _DELETE, area.y, _DELETE, area.height)
            buttons += [
                Button(
                    key=f"physics-choose-{name}", area=left, text=name, enabled=self._enabled, note=_summary(profile),
                    act=lambda profile=profile: self._choose(profile),  # type: ignore[misc]
                ),
                Button(
                    key=f"physics-delete-{name}", area=right, text="\u00d7", note=f"Delete {name}",
                    act=lambda name=name: self._delete(name),  # type: ignore[misc]
                ),
            ]  # fmt: skip
        return buttons

    def _set(self, constant: int, value: int) -> None:
        match, command = self._board.match, SetConstant(constant, value)
        reason = match.refusal(command)
        if reason is not None:
            self._app.notify(reason.value)
        elif match.world.physics[constant] != value:
            self._board.session.order(command)

    def _choose(self, profile: Mapping[str, int]) -> None:
        for constant, name in enumerate(physics.NAMES):
            self._set(constant, profile.get(name, rules.PHYSICS[constant].default))

    def _save(self) -> None:
        kept = self._app.settings.physics
        now = zip(physics.NAMES, self._board.match.world.physics, rules.PHYSICS, strict=True)
        profile = {name: int(value) for name, value, rule in now if value != rule.default}
        if not profile:
            self._app.notify("All constants have their defaults: there is nothing to save.")
        else:
            numbers = range(1, len(kept) + 2)
            suggested = next(name for name in (f"Profile {n}" for n in numbers) if name not in kept)
            self._app.push(
                NameScreen(
                    self._app, title="Name of the profile", suggested=suggested, taken=kept,
                    act=lambda name: self._keep(name, profile),
                )
            )  # fmt: skip

    def _keep(self, name: str, profile: Mapping[str, int]) -> None:
        kept = self._app.settings.physics
        if name not in kept and len(kept) >= _MAX_PROFILES:
            self._app.notify(f"There are {_MAX_PROFILES} profiles: delete one first.")
        else:
            self._app.change_settings(physics={**kept, name: profile})

    def _delete(self, name: str) -> None:
        kept = self._app.settings.physics
        self._app.change_settings(physics={each: kept[each] for each in kept if each != name})


def _readable(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _summary(profile: Mapping[str, int]) -> str:
    return ", ".join(f"{_readable(name)} {value}" for name, value in profile.items())
