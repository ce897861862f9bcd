"""The window, or a clear error if there is no display."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pygame
from pygame._sdl2 import controller

from bulwark.desktop.drawing.painter import DESIGN_SIZE
from bulwark.desktop.errors import DesktopError

_SMALLEST = (640, 400)
_ROOM = 0.9  # share of the display a window may use: the rest is for task bars and borders
# Without a display SDL falls back to an invisible driver; accept that only if it was asked for.
_INVISIBLE = {"dummy", "offscreen"}
_HINT = "Run it on a machine with a display (DISPLAY or WAYLAND_DISPLAY is set), or play in the browser."


class SdlWindow:
    """A desktop window. Raises DesktopError if there is no display."""

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
        """The current surface: a new one after a resize."""
        return pygame.display.get_surface() or self._surface

    def set_fullscreen(self, *, on: bool) -> None:
        """Switch between full screen and a window that fits the display."""
        size, flags = ((0, 0), pygame.FULLSCREEN) if on else (_window_size(), pygame.RESIZABLE)
        try:
            self._surface = pygame.display.set_mode(size, flags)
        except pygame.error as error:
            raise DesktopError(f"Cannot open a window: {error}.", hint=_HINT) from error

    def show(self) -> None:
        """Present the drawn frame."""
        pygame.display.flip()


class FrameClock:
    """Limits the frame rate."""

    def __init__(self, frames: int = 60) -> None:
        self._frames = frames
        self._clock = pygame.time.Clock()
        self._last = time.perf_counter_ns()

    def wait(self) -> int:
        """Wait until the next frame is due; returns the microseconds since the previous one."""
        self._clock.tick(self._frames)
        now = time.perf_counter_ns()
        elapsed = (now - self._last) // 1_000
        # The remainder below a microsecond counts towards the next frame.
        self._last += elapsed * 1_000
        return elapsed


def _window_size() -> tuple[int, int]:
    desktops = pygame.display.get_desktop_sizes()
    width, height = desktops[0] if desktops else DESIGN_SIZE
    factor = min(width * _ROOM / DESIGN_SIZE[0], height * _ROOM / DESIGN_SIZE[1], 1.6)
    return max(round(DESIGN_SIZE[0] * factor), _SMALLEST[0]), max(
        round(DESIGN_SIZE[1] * factor), _SMALLEST[1]
    )
