"""What the player's actions and pointer do in a match."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bulwark.desktop.app import App
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.signals import Phase, Pointer, Press
from bulwark.desktop.match.hints import Guide
from bulwark.desktop.match.selection import Cell
from bulwark.desktop.screens.board import Board
from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, Command, Reason, Sell, StartWave, Target, Upgrade
from bulwark.sim.layout import tower
from bulwark.sim.match import Match

_ZOOM = 1.18
# A finger that has moved farther than this drags the map instead of tapping.
_DRAG = 14.0
_MOVES = {Action.UP: (0, -1), Action.DOWN: (0, 1), Action.LEFT: (-1, 0), Action.RIGHT: (1, 0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuActions:
    """What the play screen does outside the match itself."""

    menu: Callable[[], None]
    save: Callable[[], None]
    load: Callable[[], None]


class Controls:
    """Turns presses and pointers into match commands, and into camera and cursor moves."""

    def __init__(self, app: App, board: Board, *, guide: Guide, actions: MenuActions) -> None:
        self.by_touch = False
        self._app = app
        self._board = board
        self._guide = guide
        self._menu = actions.menu
        self._dragged: tuple[float, float] | None = None
        self._touched: tuple[float, float] | None = None
        self._tapped: Cell | None = None  # the cell where a tap placed the ghost: a second tap builds there
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
            Action.SAVE: actions.save,
            Action.LOAD: actions.load,
        }

    @property
    def _match(self) -> Match:
        return self._board.match

    def press(self, press: Press) -> None:
        """Carry out an action."""
        board, action = self._board, press.action
        match action:
            case Action.UP | Action.DOWN | Action.LEFT | Action.RIGHT:
                self._move(*_MOVES[action])
            case Action.CANCEL:
                self._cancel()
            case Action.PAUSE:
                self.pause()
            case Action.SPEED:
                board.session.faster()
            case Action.ZOOM_IN | Action.ZOOM_OUT:
                self._zoom(press)
            case Action.DEBUG:
                board.debug = not board.debug
            case Action.HELP:
                self._guide.toggle()
            case Action.TOWER_BY_NUMBER if not board.watching:
                self._pick_number(self._app.input.bindings.number(press.code))
            case _ if not board.watching:
                self._command(action)

    def point(self, pointer: Pointer, *, handled: bool) -> None:
        """Follow a mouse or a finger; `handled` if a widget has already used the signal."""
        board = self._board
        self.by_touch = pointer.touch
        if pointer.by is Action.PAN or self._dragged is not None:
            self._drag(pointer)
            return
        inside = board.layout.field.contains(pointer.x, pointer.y)
        if handled or not inside or board.watching:
            if not pointer.touch:
                board.selection.cell = None
            self._touched = None
            return
        if pointer.touch:
            self._touch(pointer)
            return
        board.selection.cell = board.camera.cell(pointer.x, pointer.y)
        if pointer.phase is Phase.DOWN and pointer.by is Action.POINT:
            self._confirm()

    def pick(self, kind: int) -> None:
        """Pick a kind of tower to build."""
        self._board.selection.pick(kind)
        self._tapped = None
        self._app.sound.play("click")

    def set_speed(self, factor: int) -> None:
        """Set the game speed."""
        self._board.session.speed = factor

    def pause(self) -> None:
        """Pause or resume the match."""
        self._board.session.paused = not self._board.session.paused

    def start_wave(self) -> None:
        """Start the next wave now."""
        self._order(StartWave())

    def auto_start(self) -> None:
        """Switch automatic waves on or off."""
        self._order(AutoStart(int(not self._match.auto_start)), sound="click")

    def upgrade(self, branch: int) -> None:
        """Upgrade the selected tower."""
        if self._board.selection.tower is not None:
            self._order(Upgrade(self._board.selection.tower, branch), sound="upgrade")

    def target(self, mode: int) -> None:
        """Set which creeps the selected tower prefers."""
        if self._board.selection.tower is not None:
            self._order(Target(self._board.selection.tower, mode), sound="click")

    def sell(self) -> None:
        """Sell the selected tower."""
        selection = self._board.selection
        if selection.tower is not None:
            self._order(Sell(selection.tower), sound="sell")
            selection.select(None)

    def refuse(self, reason: Reason) -> None:
        """Show why a command was refused."""
        self._app.sound.play("refuse")
        self._app.notify(reason.value)

    def _command(self, action: Action | None) -> None:
        command = self._commands.get(action) if action is not None else None
        if command is not None:
            command()

    def _order(self, command: Command, *, sound: str = "") -> None:
        reason = self._match.refusal(command)
        if reason is not None:
            self.refuse(reason)
            return
        self._board.session.order(command)
        if sound:
            self._app.sound.play(sound)

    def _confirm(self) -> None:
        selection = self._board.selection
        if selection.cell is None or not selection.inside():
            selection.select(None)
            return
        existing = selection.tower_at(selection.cell)
        if selection.kind is None or existing is not None:
            if existing is None:
                selection.select_creep()
            else:
                selection.select(existing)
                self._app.sound.play("click")
            return
        if self._board.session.will_build(selection.cell):
            return  # the second click of a double click
        self._order(Build(selection.kind, *selection.cell), sound="build")
        # Keep the kind picked while there is gold for another one.
        if self._match.gold < 2 * self._match.price(selection.kind):
            selection.pick(None)

    def _cancel(self) -> None:
        selection = self._board.selection
        if (selection.kind, selection.tower, selection.creep) != (None, None, None):
            selection.select(None)
        else:
            self._menu()

    def _move(self, across: int, down: int) -> None:
        board = self._board
        board.selection.move(across, down)
        if board.selection.cell is not None:
            board.camera.show(*board.selection.cell)

    def _zoom(self, press: Press) -> None:
        camera, field = self._board.camera, self._board.layout.field
        inside = field.contains(press.x, press.y)
        x, y = (press.x, press.y) if inside else (field.x + field.width / 2, field.y + field.height / 2)
        camera.zoom_at(x, y, factor=_ZOOM if press.action is Action.ZOOM_IN else 1 / _ZOOM)

    def _drag(self, pointer: Pointer) -> None:
        if self._dragged is not None and pointer.phase is not Phase.DOWN:
            self._board.camera.pan(pointer.x - self._dragged[0], pointer.y - self._dragged[1])
        self._dragged = None if pointer.phase is Phase.UP else (pointer.x, pointer.y)

    def _touch(self, pointer: Pointer) -> None:
        """A tap shows a ghost, a second tap on it builds; a moving finger drags the ghost, or else the map."""
        selection = self._board.selection
        cell = self._board.camera.cell(pointer.x, pointer.y)
        if pointer.phase is Phase.DOWN:
            self._touched = (pointer.x, pointer.y)
        elif pointer.phase is Phase.MOVE and self._touched is not None and selection.kind is None:
            if abs(pointer.x - self._touched[0]) + abs(pointer.y - self._touched[1]) > _DRAG:
                self._dragged, self._touched = self._touched, None
            return
        selection.cell = cell
        if pointer.phase is Phase.UP and self._touched is not None:
            self._touched = None
            if selection.kind is None or cell == self._tapped:
                self._confirm()
                self._tapped = None
            else:
                self._tapped = cell

    def _pick_number(self, number: int) -> None:
        if 1 <= number <= len(rules.TOWERS):
            self.pick(number - 1)

    def _next_kind(self, step: int) -> None:
        selection, count = self._board.selection, len(rules.TOWERS)
        before = selection.kind if selection.kind is not None else (-1 if step > 0 else 0)
        selection.pick((before + step) % count)
        if selection.cell is None:
            self._move(0, 0)

    def _next_target(self) -> None:
        index = self._board.selection.tower_index()
        if index is not None:
            mode = int(self._match.towers[tower.TARGETING][index])
            self.target((mode + 1) % len(rules.TARGETINGS))
