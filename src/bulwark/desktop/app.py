"""The running program: window, files, the stack of screens, and the frame loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import pygame
from pygame._sdl2 import controller

from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import NIGHT
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.reader import InputReader
from bulwark.desktop.input.signals import Press, Signal
from bulwark.desktop.profile.documents import save_document
from bulwark.desktop.profile.home import Home
from bulwark.desktop.profile.settings import Progress, Settings
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.sound import Sound
from bulwark.errors import BulwarkError
from bulwark.sim.maps import Map
from bulwark.telemetry.service import Telemetry

_NOTICE_MICROSECONDS = 5_000_000
_NOTICE_GAP, _LEAST_NOTICE = 14.0, 200.0


class Screen(Protocol):
    """What the window shows. A screen that does not cover the window is drawn over the one below it."""

    covers: bool

    @property
    def takes_all_keys(self) -> bool:
        """Whether it waits for any key, also one that means something everywhere else."""

    @property
    def panel(self) -> Area | None:
        """What a notice must not cover; None if it may be anywhere."""

    def handle(self, signal: Signal) -> None:
        """Act on a signal from the player."""

    def advance(self, elapsed: int) -> None:
        """Advance by `elapsed` microseconds."""

    def draw(self, painter: Painter) -> None:
        """Draw the screen."""

    def close(self) -> None:
        """Called once when the screen is removed: save what must be saved."""

    def set_aside(self) -> None:
        """Called when the window loses the focus, or something else is about to open: pause, and save."""


class Clock(Protocol):
    """Paces the frames."""

    def wait(self) -> int:
        """Wait for the next frame; returns the microseconds since the previous one."""


class Window(Protocol):
    """The window that is drawn on."""

    @property
    def surface(self) -> pygame.Surface:
        """The current surface."""

    def set_fullscreen(self, *, on: bool) -> None:
        """Switch between full screen and a window."""

    def show(self) -> None:
        """Present the drawn frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Everything the program needs apart from its screens."""

    window: Window
    painter: Painter
    sound: Sound
    home: Home
    settings: Settings
    progress: Progress
    telemetry: Telemetry
    maps: Sequence[Map]
    receiver: str
    print_line: Callable[[str], None]
    mute: bool = False


class App:
    """Shared by all screens: they open one another and change settings through it."""

    def __init__(
        self,
        resources: Resources,
        *,
        title: Callable[[App], Screen],
        open_file: Callable[[App, Path], None],
    ) -> None:
        self.painter = resources.painter
        self.sound = resources.sound
        self.home = resources.home
        self.settings = resources.settings
        self.progress = resources.progress
        self.telemetry = resources.telemetry
        self.maps = resources.maps
        self.receiver = resources.receiver
        self.input = InputReader(self.settings.input_bindings())
        self.failure: BulwarkError | None = None
        self.running = True
        self.matches = self.wins = 0
        self.notice = ""
        self._notice_left = 0
        self._window = resources.window
        self._print_line = resources.print_line
        self._title = title
        self._open_file = open_file
        self._screens: list[Screen] = []
        self._pads: dict[int, controller.Controller] = {}
        self._mute = resources.mute
        self._apply_settings()
        self._adopt_size()

    @property
    def screen(self) -> Screen:
        """The topmost screen."""
        return self._screens[-1]

    def show(self, screen: Screen) -> None:
        """Replace all screens with this one."""
        self._close_all()
        self._screens.append(screen)

    def push(self, screen: Screen) -> None:
        """Open a screen on top of the others."""
        self._screens.append(screen)

    def ask(self, screen: Screen) -> None:
        """Open a question on top of the others; over the title screen if there are none."""
        if not self._screens:
            self.go_home()
        self.push(screen)

    def set_aside(self) -> None:
        """Pause and save whatever is open."""
        for screen in self._screens:
            screen.set_aside()

    def pop(self) -> None:
        """Close the topmost screen."""
        self._screens.pop().close()

    def go_home(self) -> None:
        """Show the title screen, which knows what the closed screens have saved."""
        self._close_all()
        self._screens.append(self._title(self))

    def quit(self) -> None:
        """End after this frame."""
        self.running = False

    def fail(self, error: BulwarkError) -> None:
        """Show an error in the window and on the terminal, and remember it for the exit code."""
        self.failure = error
        self._print_line(str(error))
        self.notify(str(error))

    def notify(self, notice: str) -> None:
        """Show a message for a few seconds."""
        self.notice, self._notice_left = notice, _NOTICE_MICROSECONDS

    def change_settings(self, **fields: object) -> None:
        """Change settings, apply them and save them."""
        before = self.settings
        self.settings = msgspec.structs.replace(before, **fields)
        self._mute = self._mute and self.settings.muted == before.muted
        self._apply_settings()
        self.input.bindings = self.settings.input_bindings()
        if self.settings.fullscreen != before.fullscreen:
            self._window.set_fullscreen(on=self.settings.fullscreen)
            self._adopt_size()
        self._try_to_save(lambda: save_document(self.home.settings, self.settings))

    def save_progress(self, progress: Progress) -> None:
        """Save the stars."""
        self.progress = progress
        self._try_to_save(lambda: save_document(self.home.progress, progress))

    def run(self, clock: Clock) -> None:
        """Run frames until the player quits."""
        while self.running:
            self.frame(clock.wait(), pygame.event.get())
        self._close_all()

    def frame(self, elapsed: int, events: Sequence[pygame.event.Event]) -> None:
        """One frame: handle input, advance time, draw."""
        for event in events:
            self._handle(event)
        for signal in self.input.repeats(elapsed):
            self._dispatch(signal)
        self.sound.advance(elapsed)
        self.screen.advance(elapsed)
        self._notice_left -= elapsed
        self._draw()

    def _close_all(self) -> None:
        while self._screens:
            self._screens.pop().close()

    def _handle(self, event: pygame.event.Event) -> None:
        match event.type:
            case pygame.QUIT:
                self.quit()
            case pygame.VIDEORESIZE | pygame.WINDOWSIZECHANGED:
                self._adopt_size()
            case pygame.WINDOWFOCUSLOST | pygame.WINDOWMINIMIZED:
                self.input.release()
                self.set_aside()
            case pygame.DROPFILE:
                self._open_file(self, Path(event.file))
            case pygame.CONTROLLERDEVICEADDED:
                self._add_pad(event.device_index)
            case pygame.CONTROLLERDEVICEREMOVED:
                self._pads.pop(event.instance_id, None)
                self.input.release()
            case _:
                for signal in self.input.signals(event):
                    self._dispatch(signal)

    def _add_pad(self, device: int) -> None:
        try:
            pad = controller.Controller(device)
        except pygame.error as error:  # it may be gone again already
            self.notify(f"A gamepad cannot be used: {error}.")
        else:
            self._pads[pad.id] = pad

    def _dispatch(self, signal: Signal) -> None:
        match signal:
            case Press() if self.screen.takes_all_keys:
                self.screen.handle(signal)
            case Press(Action.MUTE):
                self.change_settings(muted=not self.settings.muted)
            case Press(Action.FULLSCREEN):
                self.change_settings(fullscreen=not self.settings.fullscreen)
            case _:
                self.screen.handle(signal)

    def _draw(self) -> None:
        painter = self.painter
        covering = [at for at, screen in enumerate(self._screens) if screen.covers]
        painter.surface.fill(NIGHT)
        for screen in self._screens[covering[-1] if covering else 0 :]:
            screen.draw(painter)
        if self.notice and self._notice_left > 0:
            _draw_notice(painter, self.notice, clear_of=self.screen.panel)
        self._window.show()

    def _apply_settings(self) -> None:
        self.painter.larger_text = self.settings.larger_text
        self.painter.high_contrast = self.settings.high_contrast
        silent = self.settings.muted or self._mute
        self.sound.set_volumes(msgspec.structs.replace(self.settings, muted=silent))

    def _adopt_size(self) -> None:
        surface = self._window.surface
        self.painter.resize(surface)
        self.input.scale, self.input.size = self.painter.scale, surface.size

    def _try_to_save(self, save: Callable[[], None]) -> None:
        """A file that cannot be written is reported to the player; the game goes on with what is in memory."""
        try:
            save()
        except BulwarkError as error:
            self.notify(str(error))


def _draw_notice(painter: Painter, notice: str, *, clear_of: Area | None) -> None:
    """At the top: beside a panel that leaves room for it, else in the middle."""
    beside = 0.0 if clear_of is None else clear_of.x - 2 * _NOTICE_GAP
    is_beside = beside >= _LEAST_NOTICE
    width = min(painter.width_of(notice, size=16) + 40, beside if is_beside else painter.width * 0.7)
    height = painter.rendered(notice, size=16, colour=(255, 255, 255), wrap=width - 40).height / painter.scale
    left, top = _NOTICE_GAP if is_beside else (painter.width - width) / 2, 66.0
    painter.panel((left, top, width, height + 24))
    painter.text(notice, (left + 20, top + 12), size=16, colour=(255, 255, 255), wrap=width - 40)
