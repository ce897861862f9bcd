"""A match: the map with everything on it, the bars around it, and what the player does with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bulwark.assets import built
from bulwark.desktop.app import App
from bulwark.desktop.camera import Camera
from bulwark.desktop.drawing import build_bar, hud, tower_panel, wave_panel
from bulwark.desktop.drawing.debug import Timings, draw_debug
from bulwark.desktop.drawing.layout import Layout
from bulwark.desktop.drawing.markings import draw_markings
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.scenery import Ground, Scenery
from bulwark.desktop.drawing.widgets import Desk, Widget
from bulwark.desktop.hints import Guide, Looking
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.signals import Pointer, Signal
from bulwark.desktop.placing import Placing
from bulwark.desktop.scene import flatten
from bulwark.desktop.screens import banners
from bulwark.desktop.screens.ending import EndingScreen, Ways
from bulwark.desktop.screens.keeping import Keeping
from bulwark.desktop.screens.orders import Orders
from bulwark.desktop.screens.parts import draw_note
from bulwark.desktop.screens.pause import PauseScreen
from bulwark.desktop.session import Session
from bulwark.desktop.stage import Stage
from bulwark.errors import ReplayDiverged
from bulwark.saves.replays import Playback
from bulwark.sim import rules
from bulwark.sim.layout import score
from bulwark.telemetry.telling import Teller

_MILLISECONDS = 1_000.0
_TICK = 1_000_000 / rules.TICKS_PER_SECOND
# The last moment is seen for a while before the numbers come over it.
_ENDING_DELAY = 1_400_000


class PlayScreen:
    """Plays a session, or watches one that is a replay."""

    covers = True

    def __init__(
        self, app: App, session: Session, *, teller: Teller | None, checkpoint: Path | None = None
    ) -> None:
        self.app = app
        self.session = session
        self.again: Callable[[], None] = app.go_home
        self.resume: Callable[[Path], None] = lambda _: None
        self.watch: Callable[[Path], None] = lambda _: None
        self.difficulty = int(session.match.world.score[score.DIFFICULTY])
        self.placing = Placing(session.match)
        self.layout = Layout(app.painter.width, app.painter.height)
        self.camera = Camera(session.match.played, self.layout.field)
        self.timings = Timings()
        self.debug = False
        self.beat = 0.0
        first = min(app.maps, key=lambda each: each.order)
        self.guide = Guide(
            shown=app.settings.hints and session.match.played.id == first.id and not self.watching
        )
        self.orders = Orders(self)
        self._keeping = Keeping(app, session, checkpoint=checkpoint)
        self._teller = teller
        self._desk = Desk()
        self._stage = Stage(session.match)
        self._banners = banners.Banners()
        self._scenery = Scenery(app.painter, Ground(built.path(f"grounds/{session.match.played.id}.png")))
        self._since_end = 0
        self._ended = False
        if teller is not None:
            session.before_tick.append(teller.before)
            session.after_tick.append(teller.after)

    @property
    def watching(self) -> bool:
        """Whether this is a replay, in which nothing can be ordered."""
        return isinstance(self.session.steps, Playback)

    @property
    def match_seen(self) -> bool:
        """Whether the match has come to its end, or its replay to its own."""
        return self._ended

    def take(self, signal: Signal) -> None:
        """What is on a bar goes to its widgets, all else is an order or for the map."""
        if isinstance(signal, Pointer):
            taken = self._desk.take(signal, self._widgets())
            self.orders.point(signal, taken=taken)
        else:
            self.orders.press(signal)

    def advance(self, elapsed: int) -> None:
        """Let the match go on, and hear what happened."""
        self.beat += elapsed / _TICK
        began = time.perf_counter()
        try:
            self.session.advance(elapsed)
        except ReplayDiverged as error:
            self.session.paused = True
            self._ended = True
            self.app.fail(error)
        self.timings.ticks.append((time.perf_counter() - began) * _MILLISECONDS)
        self.timings.frames.append(elapsed / _MILLISECONDS)
        happened = self.session.take_happened()
        self._stage.effects.note(happened)
        self._banners.note(happened, self.beat)
        self.app.sound.hear(happened)
        self._keeping.note(happened)
        for refusal in self.session.take_refused():
            self.orders.refuse(refusal.reason)
        self._see_the_end(elapsed)

    def draw(self, painter: Painter) -> None:
        """The map first, then the bars."""
        began = time.perf_counter()
        self._fit(painter)
        match, camera = self.session.match, self.camera.transform
        if self._stage.match is not match:
            self._stage = Stage(match)
        self._stage.update(self.session.motion, camera=camera, fraction=self.session.fraction)
        preview = not self.watching and match.creep_count == 0 and not self.session.over
        draw_markings(self._stage.under, self._stage.over, self.placing, beat=self.beat, preview=preview)
        self._scenery.draw(flatten(self._stage.root), camera=camera, area=self.layout.field)
        if self.debug:
            draw_debug(
                painter, match, self.session.motion,
                camera=self.camera, fraction=self.session.fraction, timings=self.timings,
            )  # fmt: skip
        self._draw_bars(painter)
        self._banners.draw(painter, self.layout.field, self.beat)
        self.timings.drawing.append((time.perf_counter() - began) * _MILLISECONDS)

    def leave(self) -> None:
        """Keep the match for going on, and tell that it was left."""
        if not self.watching:
            self._keeping.leave()
            if self._teller is not None:
                self._teller.leave()

    def menu(self) -> None:
        """Open the menu; the match stands still below it."""
        save = load = None
        if not self.watching:
            save = self.save
            load = self.load if self.app.home.quick_save.exists() else None
        self.app.push(PauseScreen(self.app, save=save, load=load, again=self.again))

    def save(self) -> None:
        """Save by hand."""
        self._keeping.save()

    def load(self) -> None:
        """Go on from what was saved by hand."""
        self.resume(self.app.home.quick_save)

    def looking(self) -> Looking:
        """What the hints ask about."""
        return Looking(self.session.match, self.placing.kind is not None, self.placing.chosen)

    def _fit(self, painter: Painter) -> None:
        layout = Layout(painter.width, painter.height)
        if layout != self.layout:
            self.layout = layout
            self.camera.resize(layout.field)

    def _draw_bars(self, painter: Painter) -> None:
        match, layout, app = self.session.match, self.layout, self.app
        widgets = self._widgets()
        under = self._desk.pointed(widgets)
        pointed = under.key if under else ""
        self.orders.draw(painter)
        hud.draw_hud(painter, layout, self.session, title=match.played.name)
        bindings = app.reader.bindings
        if not self.watching:
            build_bar.draw_cards(
                painter, layout, match, held=self.placing.kind, bindings=bindings, pointed=pointed
            )
        else:
            banners.draw_watching(painter, layout, self.session)
        wave_panel.draw_wave(painter, layout, match)
        index = self.placing.index()
        if index is not None:
            keys = {action.value: bindings.first(action) for action in (Action.UPGRADE, Action.OTHER_BRANCH)}
            tower_panel.draw_tower(painter, layout, match, index, pointed=pointed, keys=keys)
        else:
            banners.draw_keys(painter, layout, bindings)
        self._desk.draw(painter, widgets)
        kind = self._tip(pointed)
        if kind is not None:
            build_bar.draw_tip(painter, layout, kind, gold=match.gold)
        hint = self.guide.current(self.looking())
        if hint is not None and not self.session.over:
            banners.draw_hint(painter, layout, hint, bindings)
        draw_note(painter, self._desk, widgets)

    def _tip(self, pointed: str) -> int | None:
        for kind in range(len(rules.TOWERS)):
            if pointed == f"tower-{kind}":
                return kind
        return None

    def _widgets(self) -> Sequence[Widget]:
        layout, session, orders = self.layout, self.session, self.orders
        found = list(
            hud.hud_widgets(layout, session, speed=orders.set_speed, pause=orders.pause, menu=self.menu)
        )
        if self.watching:
            return found
        found += build_bar.cards(layout, hold=orders.hold)
        key = self.app.reader.bindings.first(Action.START_WAVE)
        found += wave_panel.wave_widgets(
            layout, session.match, start=orders.start_wave, auto=orders.auto_start, key=key
        )
        index = self.placing.index()
        if index is not None:
            found += tower_panel.tower_widgets(
                layout, session.match, index, upgrade=orders.upgrade, target=orders.target, sell=orders.sell
            )
        return found

    def _see_the_end(self, elapsed: int) -> None:
        if self._ended:
            return
        playback = self.session.steps if isinstance(self.session.steps, Playback) else None
        if playback is not None and playback.ended:
            self._ended = True
            self.app.tell("The replay went tick for tick as it was recorded.")
        elif self.session.over and playback is None:
            if self._since_end == 0:
                self._keeping.end()
            self._since_end += elapsed
            if self._since_end >= _ENDING_DELAY:
                self._ended = True
                self._show_ending()

    def _show_ending(self) -> None:
        keeping, replay = self._keeping, self._keeping.replay
        checkpoint = keeping.checkpoint
        ways = Ways(
            again=self.again,
            resume=None if checkpoint is None else lambda: self.resume(checkpoint),
            replay=None if replay is None else lambda: self.watch(replay),
        )
        self.app.push(EndingScreen(self.app, self.session.match, stars=keeping.stars, ways=ways))
