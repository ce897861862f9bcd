"""What the player's actions and pointer mean in a match."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bulwark.desktop import describe
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import NIGHT, SKY, TEXT, VERMILLION
from bulwark.desktop.input.actions import BUILD_ACTIONS, Action
from bulwark.desktop.input.signals import Phase, Pointer, Press
from bulwark.desktop.placing import Place
from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, Command, Reason, Sell, StartWave, Target, Upgrade
from bulwark.sim.layout import tower
from bulwark.sim.match import Match

if TYPE_CHECKING:
    from bulwark.desktop.screens.play import PlayScreen

_ZOOM = 1.18
# A finger that has moved farther than this drags the map, and taps nothing.
_DRAG = 14.0
_MOVES = {Action.UP: (0, -1), Action.DOWN: (0, 1), Action.LEFT: (-1, 0), Action.RIGHT: (1, 0)}


class Orders:
    """Turns presses and pointers into commands of the match, and into moves of camera and cursor."""

    def __init__(self, screen: PlayScreen) -> None:
        self._screen = screen
        self._dragged: tuple[float, float] | None = None
        self._begun: tuple[float, float] | None = None
        self._tapped: Place | None = None  # the cell that a finger has shown: a second tap builds there
        self._by_finger = False
        self._commands: Mapping[Action, Callable[[], None]] = {
            Action.CONFIRM: self._confirm,
            Action.NEXT_TOWER: lambda: self._next_kind(1),
            Action.PREVIOUS_TOWER: lambda: self._next_kind(-1),
            Action.UPGRADE: lambda: self.upgrade(0),
            Action.OTHER_BRANCH: lambda: self.upgrade(1),
            Action.SELL: self.sell,
            Action.TARGETING: self._next_target,
            Action.START_WAVE: self.start_wave,
            Action.AUTO_START: self.auto_start,
            Action.SAVE: screen.save,
            Action.LOAD: screen.load,
        }

    @property
    def _match(self) -> Match:
        return self._screen.session.match

    def press(self, press: Press) -> None:
        """An action."""
        screen, action = self._screen, press.action
        match action:
            case Action.UP | Action.DOWN | Action.LEFT | Action.RIGHT:
                self._move(*_MOVES[action])
            case Action.CANCEL:
                self._cancel()
            case Action.PAUSE:
                self.pause()
            case Action.SPEED:
                screen.session.faster()
            case Action.ZOOM_IN | Action.ZOOM_OUT:
                self._zoom(press)
            case Action.DEBUG:
                screen.debug = not screen.debug
            case Action.HELP:
                screen.guide.again()
            case _ if not screen.watching:
                self._command(action)

    def point(self, pointer: Pointer, *, taken: bool) -> None:
        """A mouse or a finger; `taken` where a widget had it."""
        screen = self._screen
        self._by_finger = pointer.touch
        if pointer.by is Action.PAN or self._dragged is not None:
            self._drag(pointer)
            return
        inside = screen.layout.field.holds(pointer.x, pointer.y)
        if taken or not inside or screen.watching:
            if not pointer.touch:
                screen.placing.cell = None
            self._begun = None
            return
        if pointer.touch:
            self._finger(pointer)
            return
        screen.placing.cell = screen.camera.cell(pointer.x, pointer.y)
        if pointer.phase is Phase.DOWN and pointer.by is Action.POINT:
            self._confirm()

    def hold(self, kind: int) -> None:
        """Take a kind of tower in hand."""
        self._screen.placing.hold(kind)
        self._tapped = None
        self._screen.app.sound.play("click")

    def set_speed(self, factor: int) -> None:
        """Let time pass so much faster."""
        self._screen.session.speed = factor

    def pause(self) -> None:
        """Stop the match, or let it go on."""
        self._screen.session.paused = not self._screen.session.paused

    def start_wave(self) -> None:
        """The next wave, now."""
        self._order(StartWave())

    def auto_start(self) -> None:
        """Waves by themselves, or not."""
        self._order(AutoStart(int(not self._match.auto_start)), sound="click")

    def upgrade(self, branch: int) -> None:
        """The chosen tower's next step."""
        if self._screen.placing.chosen is not None:
            self._order(Upgrade(self._screen.placing.chosen, branch), sound="upgrade")

    def target(self, mode: int) -> None:
        """Whom the chosen tower prefers."""
        if self._screen.placing.chosen is not None:
            self._order(Target(self._screen.placing.chosen, mode), sound="click")

    def sell(self) -> None:
        """The chosen tower, at its refund."""
        placing = self._screen.placing
        if placing.chosen is not None:
            self._order(Sell(placing.chosen), sound="sell")
            placing.choose(None)

    def refuse(self, reason: Reason) -> None:
        """Tell why something was not done."""
        self._screen.app.sound.play("refuse")
        self._screen.app.tell(reason.value)

    def draw(self, painter: Painter) -> None:
        """Beside the ghost: why it cannot stand there, or what a click does."""
        screen = self._screen
        ghost = screen.placing.ghost()
        if ghost is None:
            return
        x, y = screen.camera.screen((ghost.cell[0] + 1.5) * rules.CELL, (ghost.cell[1] + 0.8) * rules.CELL)
        if ghost.reason is not None:
            text, colour = ghost.reason.value, VERMILLION
        else:
            tap = (
                "Tap again to build"
                if self._by_finger
                else describe.tower_name(ghost.kind).removesuffix(" I")
            )
            text, colour = f"{tap}, {self._match.price(ghost.kind)} gold", SKY
        width = painter.width_of(text, size=15) + 24
        field = screen.layout.field
        left = min(max(x - width / 2, field.x + 4), field.x + field.width - width - 4)
        top = max(y - 34, field.y + 4)
        painter.box((left, top, width, 28), NIGHT, radius=8, opacity=0.9)
        painter.box((left, top, width, 28), colour, radius=8, edge=2)
        painter.text(text, (left + 12, top + 14), size=15, colour=TEXT, anchor="midleft")

    def _command(self, action: Action | None) -> None:
        if action in BUILD_ACTIONS:
            self.hold(BUILD_ACTIONS.index(action))
            return
        doing = self._commands.get(action) if action is not None else None
        if doing is not None:
            doing()

    def _order(self, command: Command, *, sound: str = "") -> None:
        reason = self._match.refusal(command)
        if reason is not None:
            self.refuse(reason)
            return
        self._screen.session.order(command)
        if sound:
            self._screen.app.sound.play(sound)

    def _confirm(self) -> None:
        placing = self._screen.placing
        if placing.cell is None or not placing.inside():
            placing.choose(None)
            return
        standing = placing.tower_at(placing.cell)
        if placing.kind is None or standing is not None:
            placing.choose(standing)
            if standing is not None:
                self._screen.app.sound.play("click")
            return
        self._order(Build(placing.kind, *placing.cell), sound="build")
        # The same again for as long as there is gold for it.
        if self._match.gold < 2 * self._match.price(placing.kind):
            placing.hold(None)

    def _cancel(self) -> None:
        placing = self._screen.placing
        if placing.kind is not None or placing.chosen is not None:
            placing.choose(None)
        else:
            self._screen.menu()

    def _move(self, across: int, down: int) -> None:
        screen = self._screen
        screen.placing.move(across, down)
        if screen.placing.cell is not None:
            screen.camera.show(*screen.placing.cell)

    def _zoom(self, press: Press) -> None:
        camera, field = self._screen.camera, self._screen.layout.field
        inside = field.holds(press.x, press.y)
        x, y = (press.x, press.y) if inside else (field.x + field.width / 2, field.y + field.height / 2)
        camera.zoom_at(x, y, factor=_ZOOM if press.action is Action.ZOOM_IN else 1 / _ZOOM)

    def _drag(self, pointer: Pointer) -> None:
        if self._dragged is not None and pointer.phase is not Phase.DOWN:
            self._screen.camera.pan(pointer.x - self._dragged[0], pointer.y - self._dragged[1])
        self._dragged = None if pointer.phase is Phase.UP else (pointer.x, pointer.y)

    def _finger(self, pointer: Pointer) -> None:
        """A tap shows a ghost, a second one on it builds; a finger that moves drags the ghost, or else the map."""
        placing = self._screen.placing
        cell = self._screen.camera.cell(pointer.x, pointer.y)
        if pointer.phase is Phase.DOWN:
            self._begun = (pointer.x, pointer.y)
        elif pointer.phase is Phase.MOVE and self._begun is not None and placing.kind is None:
            if abs(pointer.x - self._begun[0]) + abs(pointer.y - self._begun[1]) > _DRAG:
                self._dragged, self._begun = self._begun, None
            return
        placing.cell = cell
        if pointer.phase is Phase.UP and self._begun is not None:
            self._begun = None
            if placing.kind is None or cell == self._tapped:
                self._confirm()
                self._tapped = None
            else:
                self._tapped = cell

    def _next_kind(self, step: int) -> None:
        placing, count = self._screen.placing, len(rules.TOWERS)
        before = placing.kind if placing.kind is not None else (-1 if step > 0 else 0)
        placing.hold((before + step) % count)
        if placing.cell is None:
            self._move(0, 0)

    def _next_target(self) -> None:
        index = self._screen.placing.index()
        if index is not None:
            mode = int(self._match.towers[tower.TARGETING][index])
            self.target((mode + 1) % len(rules.TARGETINGS))
