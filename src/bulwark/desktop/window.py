"""The window, or a clear word where there can be none."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pygame
from pygame._sdl2 import controller

from bulwark.desktop.drawing.painter import DESIGNED
from bulwark.desktop.errors import DesktopError

_SMALLEST = (640, 400)
_ROOM = 0.9  # of the display, which a window leaves for bars and borders
# SDL falls back to a driver that shows nothing where it finds no display; only somebody who asks for it wants that.
_INVISIBLE = {"dummy", "offscreen"}
_HINT = "Run it where there is a display (DISPLAY or WAYLAND_DISPLAY is set), or play in the browser."


class SdlWindow:
    """A window of the desktop. Raises DesktopError where there is no display."""

    def __init__(self, *, fullscreen: bool, environment: Mapping[str, str]) -> None:
        try:
            pygame.display.init()
            pygame.font.init()
        except pygame.error as error:
            raise DesktopError(f"There is no display: {error}.", hint=_HINT) from error
        driver = pygame.display.get_driver()
        if driver in _INVISIBLE and environment.get("SDL_VIDEODRIVER") != driver:
            pygame.display.quit()
            raise DesktopError("There is no display.", hint=_HINT)
        pygame.joystick.init()
        controller.init()
        pygame.display.set_caption("Bulwark")
        pygame.key.set_repeat(280, 70)
        self.set_fullscreen(on=fullscreen)

    @property
    def surface(self) -> pygame.Surface:
        """Its surface now: another one after it was resized."""
        return pygame.display.get_surface() or self._surface

    def set_fullscreen(self, *, on: bool) -> None:
        """Fill the display, or be a window that fits it."""
        size, flags = ((0, 0), pygame.FULLSCREEN) if on else (_window_size(), pygame.RESIZABLE)
        try:
            self._surface = pygame.display.set_mode(size, flags)
        except pygame.error as error:
            raise DesktopError(f"There can be no window: {error}.", hint=_HINT) from error

    def show(self) -> None:
        """Show what was drawn."""
        pygame.display.flip()


class FrameClock:
    """Lets a second have so many frames at most."""

    def __init__(self, frames: int = 60) -> None:
        self._frames = frames
        self._clock = pygame.time.Clock()
        self._last = time.perf_counter_ns()

    def wait(self) -> int:
        """Wait until the next frame is due; the microseconds since the last."""
        self._clock.tick(self._frames)
        now = time.perf_counter_ns()
        elapsed = (now - self._last) // 1_000
        # What is less than a microsecond counts for the next frame.
        self._last += elapsed * 1_000
        return elapsed


def _window_size() -> tuple[int, int]:
    desktops = pygame.display.get_desktop_sizes()
    width, height = desktops[0] if desktops else DESIGNED
    factor = min(width * _ROOM / DESIGNED[0], height * _ROOM / DESIGNED[1], 1.6)
    return max(round(DESIGNED[0] * factor), _SMALLEST[0]), max(round(DESIGNED[1] * factor), _SMALLEST[1])
