"""The play screen: the map with everything on it, the bars around it, and the player's input."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bulwark.assets import built
from bulwark.desktop.app import App
from bulwark.desktop.drawing import build_bar, hud, tower_panel, wave_panel
from bulwark.desktop.drawing.creep_panel import draw_creep
from bulwark.desktop.drawing.debug import Timings, draw_debug
from bulwark.desktop.drawing.ghost_label import draw_ghost_label
from bulwark.desktop.drawing.overlays import draw_overlays
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.scene_painter import Ground, ScenePainter
from bulwark.desktop.drawing.widgets import Widget, WidgetGroup
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.signals import Pointer, Signal
from bulwark.desktop.match.hints import Guide, HintContext
from bulwark.desktop.match.session import Session
from bulwark.desktop.scene.nodes import flatten
from bulwark.desktop.scene.stage import Stage
from bulwark.desktop.screens import banners
from bulwark.desktop.screens.board import Board
from bulwark.desktop.screens.controls import Controls, MenuActions
from bulwark.desktop.screens.ending import EndingActions, EndingScreen
from bulwark.desktop.screens.forms import draw_note
from bulwark.desktop.screens.match_files import MatchFiles
from bulwark.desktop.screens.pause import PauseActions, PauseScreen
from bulwark.desktop.screens.physics_panel import PhysicsPanel
from bulwark.errors import ReplayDiverged
from bulwark.saves.replays import Playback
from bulwark.sim import rules
from bulwark.sim.layout import score
from bulwark.sim.maps import Map
from bulwark.telemetry.match_reporter import MatchReporter

_MILLISECONDS = 1_000.0
_TICK = 1_000_000 / rules.TICKS_PER_SECOND
# The end of the match stays visible for a moment before the results cover it.
_ENDING_DELAY = 1_400_000


class PlayScreen:
    """Plays a session, or shows one that is a replay."""

    covers = True
    panel = None
    takes_all_keys = False

    def __init__(
        self, app: App, session: Session, *, reporter: MatchReporter | None, checkpoint: Path | None = None
    ) -> None:
        self.app = app
        self.board = Board(session, app.painter)
        self.again: Callable[[], None] = app.go_home
        self.start: Callable[[Map], None] = lambda _: None
        self.resume: Callable[[Path], None] = lambda _: None
        self.watch: Callable[[Path], None] = lambda _: None
        self.difficulty = int(session.match.world.score[score.DIFFICULTY])
        self.finished = False
        self._clock = 0.0
        self._timings = Timings()
        first = min(app.maps, key=lambda each: each.order)
        shown = app.settings.hints and session.match.game_map.id == first.id and not self.board.watching
        self._guide = Guide(shown=shown)
        self._controls = Controls(
            app,
            self.board,
            guide=self._guide,
            actions=MenuActions(menu=self._open_menu, save=self._save, load=self._load),
        )
        self._files = MatchFiles(app, session, checkpoint=checkpoint, resume=self._resume)
        self._physics = PhysicsPanel(app, self.board)
        self._reporter = reporter
        self._widget_group = WidgetGroup()
        self._stage = Stage(session.match)
        self._banners = banners.Banners()
        ground = Ground(built.path(f"grounds/{session.match.game_map.id}.png"))
        self._scene_painter = ScenePainter(app.painter, ground)
        self._since_end = 0
        if reporter is not None:
            session.before_tick.append(reporter.before)
            session.after_tick.append(reporter.after)

    def handle(self, signal: Signal) -> None:
        """Offer the signal to the widgets first, then to the match controls."""
        if isinstance(signal, Pointer):
            handled = self._widget_group.handle(signal, self._widgets())
            self._controls.point(signal, handled=handled)
        else:
            self._controls.press(signal)

    def advance(self, elapsed: int) -> None:
        """Advance the match, and pass on what happened."""
        session = self.board.session
        self._clock += elapsed / _TICK
        began = time.perf_counter()
        try:
            session.advance(elapsed)
        except ReplayDiverged as error:
            session.paused = True
            self.finished = True
            self.app.fail(error)
        self._timings.ticks.append((time.perf_counter() - began) * _MILLISECONDS)
        self._timings.frames.append(elapsed / _MILLISECONDS)
        events = session.take_events()
        self._stage.effects.note(events)
        self._banners.note(events, self._clock)
        self.app.sound.play_events(events)
        self._files.note(events)
        for refusal in session.take_refusals():
            self._controls.refuse(refusal.reason)
        self._check_end(elapsed)

    def draw(self, painter: Painter) -> None:
        """Draw the map first, then the bars."""
        began = time.perf_counter()
        board, session = self.board, self.board.session
        board.fit(painter)
        match, camera = session.match, board.camera.transform
        if self._stage.match is not match:
            self._stage = Stage(match)
        calm = self.app.settings.reduced_motion
        self._stage.calm = self._stage.effects.calm = calm
        self._stage.update(session.interpolation, camera=camera, fraction=session.fraction)
        preview = not board.watching and match.creep_count == 0 and not session.over
        draw_overlays(
            self._stage.under,
            self._stage.over,
            board.selection,
            clock=0.0 if calm else self._clock,
            preview=preview,
        )
        self._scene_painter.draw(flatten(self._stage.root), camera=camera, area=board.layout.field)
        if board.debug:
            draw_debug(
                painter, match, session.interpolation,
                camera=board.camera, fraction=session.fraction, timings=self._timings,
            )  # fmt: skip
        self._draw_bars(painter)
        self._banners.draw(painter, board.layout.field, self._clock)
        self._timings.drawing.append((time.perf_counter() - began) * _MILLISECONDS)

    def close(self) -> None:
        """Save the match for later, and report that it was left."""
        self._files.keep()
        if self._reporter is not None:
            self._reporter.leave()

    def set_aside(self) -> None:
        """Pause, and save the match for later."""
        self.board.session.paused = True
        self._files.keep()

    def _open_menu(self) -> None:
        actions = PauseActions(again=self.again)
        if not self.board.watching:
            load = self._load if self._quick_save.exists() else None
            actions = PauseActions(again=self.again, save=self._save, load=load, export=self._files.export)
        self.app.push(PauseScreen(self.app, actions))

    def _save(self) -> None:
        self._files.quick_save()

    def _load(self) -> None:
        self._resume(self._quick_save)

    def _resume(self, path: Path) -> None:
        self.resume(path)

    @property
    def _quick_save(self) -> Path:
        return self.app.home.quick_save(self.board.match.game_map.id)

    def _draw_bars(self, painter: Painter) -> None:
        board, app = self.board, self.app
        match, layout, selection = board.match, board.layout, board.selection
        widgets = self._widgets()
        under = self._widget_group.pointed(widgets)
        pointed = under.key if under else ""
        self._draw_ghost_label(painter)
        self._physics.draw_mark(painter)
        hud.draw_hud(painter, layout, board.session, title=match.game_map.name)
        bindings = app.input.bindings
        if not board.watching:
            build_bar.draw_cards(
                painter, layout, match, picked=selection.kind, bindings=bindings, pointed=pointed
            )
        else:
            banners.draw_replay_bar(painter, layout, board.session)
        wave_panel.draw_wave(painter, layout, match)
        index = selection.tower_index()
        if index is not None:
            keys = {action.value: bindings.first(action) for action in (Action.UPGRADE, Action.OTHER_BRANCH)}
            tower_panel.draw_tower(painter, layout, match, index, pointed=pointed, keys=keys)
        elif (looked_at := selection.creep_index()) is not None:
            draw_creep(painter, layout, match, looked_at)
        elif self._physics.shown:
            self._physics.draw(painter)
        else:
            banners.draw_keys(painter, layout, bindings)
        self._widget_group.draw(painter, widgets)
        kind = _pointed_kind(pointed)
        on_top = app.screen is self
        if kind is not None and on_top:
            build_bar.draw_tip(painter, layout, kind, gold=match.gold)
        hint = self._guide.current(HintContext(match, selection.kind is not None, selection.tower))
        tip_shown = under is not None and (kind is not None or bool(under.note))
        if hint is not None and not board.session.over and on_top and not tip_shown:
            banners.draw_hint(painter, layout, hint, bindings)
        if on_top:
            draw_note(painter, self._widget_group, widgets)

    def _draw_ghost_label(self, painter: Painter) -> None:
        ghost = self.board.selection.ghost()
        if ghost is not None:
            price, by_touch = self.board.match.price(ghost.kind), self._controls.by_touch
            draw_ghost_label(painter, ghost, camera=self.board.camera, price=price, by_touch=by_touch)

    def _widgets(self) -> Sequence[Widget]:
        board, controls = self.board, self._controls
        layout, match = board.layout, board.match
        widgets = list(
            hud.hud_widgets(
                layout, board.session, speed=controls.set_speed, pause=controls.pause, menu=self._open_menu
            )
        )
        widgets += self._physics.widgets()
        if board.watching:
            return widgets
        widgets += build_bar.cards(layout, pick=controls.pick)
        key = self.app.input.bindings.first(Action.START_WAVE)
        widgets += wave_panel.wave_widgets(
            layout, match, start=controls.start_wave, auto=controls.auto_start, key=key
        )
        index = board.selection.tower_index()
        if index is not None:
            widgets += tower_panel.tower_widgets(
                layout, match, index, upgrade=controls.upgrade, target=controls.target, sell=controls.sell
            )
        return widgets

    def _check_end(self, elapsed: int) -> None:
        if self.finished:
            return
        session = self.board.session
        playback = session.steps if isinstance(session.steps, Playback) else None
        if playback is not None and playback.ended:
            self.finished = True
            self.app.notify("The replay matched the recording tick for tick.")
        elif session.over and playback is None:
            if self._since_end == 0:
                self._files.finish()
            self._since_end += elapsed
            if self._since_end >= _ENDING_DELAY:
                self.finished = True
                self._show_ending()

    def _following_map(self) -> Map | None:
        """The next map, if this one was won and the next one is open."""
        order = self.board.match.game_map.order + 1
        following = next((each for each in self.app.maps if each.order == order), None)
        if following is None or self.board.match.outcome != score.WON:
            return None
        kept = self.app.home.checkpoint(following.id).exists()
        return None if self.app.progress.stars_missing(following, kept=kept) else following

    def _show_ending(self) -> None:
        checkpoint, replay = self._files.checkpoint, self._files.replay
        following = self._following_map()
        actions = EndingActions(
            again=self.again,
            following=None if following is None else lambda: self.start(following),
            resume=None if checkpoint is None else lambda: self._resume(checkpoint),
            replay=None if replay is None else lambda: self.watch(replay),
        )
        self.app.push(EndingScreen(self.app, self.board.match, stars=self._files.stars, actions=actions))


def _pointed_kind(key: str) -> int | None:
    """The kind of tower whose build card has this key."""
    return next((kind for kind in range(len(rules.TOWERS)) if key == f"tower-{kind}"), None)
