"""The running program: its window, its files, its stack of screens, and the loop that every frame goes through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import pygame
from pygame._sdl2 import controller

from bulwark.desktop.documents import keep_document
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import NIGHT
from bulwark.desktop.home import Home
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.reading import Reader
from bulwark.desktop.input.signals import Press, Signal
from bulwark.desktop.settings import Progress, Settings
from bulwark.desktop.sound import Sound
from bulwark.errors import BulwarkError
from bulwark.sim.maps import Map
from bulwark.telemetry.service import Telemetry

_NOTICE_MICROSECONDS = 5_000_000


class Screen(Protocol):
    """What is on the window; one that does not cover all of it is drawn over the one below."""

    covers: bool

    def take(self, signal: Signal) -> None:
        """Act on what the player does."""

    def advance(self, elapsed: int) -> None:
        """Let so many microseconds pass."""

    def draw(self, painter: Painter) -> None:
        """Draw it."""

    def leave(self) -> None:
        """The screen goes for good: keep what must be kept."""


class Clock(Protocol):
    """Says when a frame is due."""

    def wait(self) -> int:
        """Wait for the next frame, and say how many microseconds passed since the last."""


class Window(Protocol):
    """The surface on which is drawn."""

    @property
    def surface(self) -> pygame.Surface:
        """Its surface now."""

    def set_fullscreen(self, *, on: bool) -> None:
        """Fill the whole display, or be a window again."""

    def show(self) -> None:
        """Show what was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What a running program is made of, apart from its screens."""

    window: Window
    painter: Painter
    sound: Sound
    home: Home
    settings: Settings
    progress: Progress
    telemetry: Telemetry
    maps: Sequence[Map]
    receiver: str
    say: Callable[[str], None]
    mute: bool = False


class App:
    """Screens share it: they show one another through it, and change settings through it."""

    def __init__(self, belongings: Belongings, *, title: Callable[[App], Screen]) -> None:
        self.painter = belongings.painter
        self.sound = belongings.sound
        self.home = belongings.home
        self.settings = belongings.settings
        self.progress = belongings.progress
        self.telemetry = belongings.telemetry
        self.maps = belongings.maps
        self.receiver = belongings.receiver
        self.reader = Reader(self.settings.input_map())
        self.failure: BulwarkError | None = None
        self.running = True
        self.matches = self.wins = 0
        self.notice = ""
        self._notice_left = 0
        self._window = belongings.window
        self._say = belongings.say
        self._title = title
        self._screens: list[Screen] = []
        self._pads: dict[int, controller.Controller] = {}
        self._mute = belongings.mute
        self._hear()
        self._fit()

    @property
    def screen(self) -> Screen:
        """The screen on top."""
        return self._screens[-1]

    def show(self, screen: Screen) -> None:
        """Show a screen in place of all others."""
        while self._screens:
            self._screens.pop().leave()
        self._screens.append(screen)

    def push(self, screen: Screen) -> None:
        """Show a screen over the others."""
        self._screens.append(screen)

    def pop(self) -> None:
        """Take the screen on top away."""
        self._screens.pop().leave()

    def go_home(self) -> None:
        """Show the title."""
        self.show(self._title(self))

    def quit(self) -> None:
        """End after this frame."""
        self.running = False

    def fail(self, error: BulwarkError) -> None:
        """Tell the player and the terminal of an error at once, and the program's caller when it ends."""
        self.failure = error
        self._say(str(error))
        self.tell(str(error))

    def tell(self, notice: str) -> None:
        """Show a sentence for some seconds."""
        self.notice, self._notice_left = notice, _NOTICE_MICROSECONDS

    def change(self, **fields: object) -> None:
        """Change settings, put them to work and keep them."""
        before = self.settings
        self.settings = msgspec.structs.replace(before, **fields)
        self._mute = self._mute and self.settings.muted == before.muted
        self._hear()
        self.reader.bindings = self.settings.input_map()
        if self.settings.fullscreen != before.fullscreen:
            self._window.set_fullscreen(on=self.settings.fullscreen)
            self._fit()
        self._attempt(lambda: keep_document(self.home.settings, self.settings))

    def keep_progress(self, progress: Progress) -> None:
        """Keep the stars."""
        self.progress = progress
        self._attempt(lambda: keep_document(self.home.progress, progress))

    def run(self, clock: Clock) -> None:
        """Frame after frame until the player leaves."""
        while self.running:
            self.frame(clock.wait(), pygame.event.get())
        while self._screens:
            self._screens.pop().leave()

    def frame(self, elapsed: int, events: Sequence[pygame.event.Event]) -> None:
        """One frame: what the player did, what time did, and how it looks now."""
        for event in events:
            self._handle(event)
        for signal in self.reader.repeats(elapsed):
            self._take(signal)
        self.sound.advance(elapsed)
        self.screen.advance(elapsed)
        self._notice_left -= elapsed
        self._draw()

    def _handle(self, event: pygame.event.Event) -> None:
        match event.type:
            case pygame.QUIT:
                self.quit()
            case pygame.VIDEORESIZE | pygame.WINDOWSIZECHANGED:
                self._fit()
            case pygame.CONTROLLERDEVICEADDED:
                pad = controller.Controller(event.device_index)
                self._pads[pad.id] = pad
            case pygame.CONTROLLERDEVICEREMOVED:
                self._pads.pop(event.instance_id, None)
            case _:
                for signal in self.reader.signals(event):
                    self._take(signal)

    def _take(self, signal: Signal) -> None:
        match signal:
            case Press(Action.MUTE):
                self.change(muted=not self.settings.muted)
            case Press(Action.FULLSCREEN):
                self.change(fullscreen=not self.settings.fullscreen)
            case _:
                self.screen.take(signal)

    def _draw(self) -> None:
        painter = self.painter
        covering = [at for at, screen in enumerate(self._screens) if screen.covers]
        painter.surface.fill(NIGHT)
        for screen in self._screens[covering[-1] if covering else 0 :]:
            screen.draw(painter)
        if self.notice and self._notice_left > 0:
            _draw_notice(painter, self.notice)
        self._window.show()

    def _hear(self) -> None:
        silent = self.settings.muted or self._mute
        self.sound.set(msgspec.structs.replace(self.settings, muted=silent))

    def _fit(self) -> None:
        surface = self._window.surface
        self.painter.resize(surface)
        self.reader.scale, self.reader.size = self.painter.scale, surface.size

    def _attempt(self, keep: Callable[[], None]) -> None:
        """A file that cannot be written is told to the player; the game goes on with what is in memory."""
        try:
            keep()
        except BulwarkError as error:
            self.tell(str(error))


def _draw_notice(painter: Painter, notice: str) -> None:
    width = min(painter.width_of(notice, size=16) + 40, painter.width * 0.7)
    height = painter.written(notice, size=16, colour=(255, 255, 255), wrap=width - 40).height / painter.scale
    left, top = (painter.width - width) / 2, 66.0
    painter.panel((left, top, width, height + 24))
    painter.text(notice, (left + 20, top + 12), size=16, colour=(255, 255, 255), wrap=width - 40)
