"""The desktop player driven by tests under SDL's dummy driver: real frames, real events, files in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pygame

from bulwark.desktop.app import App
from bulwark.desktop.profile.home import Home
from bulwark.desktop.screens.ending import EndingScreen
from bulwark.desktop.screens.play import PlayScreen
from bulwark.desktop.startup import Options, build_app, open_first, run
from bulwark.sim.commands import Build
from bulwark.sim.layout import score
from bulwark.sim.match import Match
from bulwark.sim.rules import CELL

FRAME = 16_667
SIZE = (1280, 800)
MAX_FRAMES = 40_000
Event = pygame.event.Event


class Player:
    """Somebody at the desktop: points, presses keys, taps and looks."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def play(self) -> PlayScreen:
        """The play screen, which must be on top."""
        screen = self.app.screen
        assert isinstance(screen, PlayScreen), screen
        return screen

    @property
    def match(self) -> Match:
        """The match on it."""
        return self.play.board.session.match

    @property
    def seed(self) -> int:
        """The seed of the match on it: it tells matches apart."""
        return int(self.match.world.score[score.SEED])

    def frames(self, count: int = 1, *, elapsed: int = FRAME) -> None:
        """Run frames."""
        for _ in range(count):
            self.app.frame(elapsed, [])

    def until(self, condition: Callable[[], bool], *, elapsed: int = FRAME) -> None:
        """Run frames until the condition holds; the longer they are, the fewer are drawn."""
        for _ in range(MAX_FRAMES):
            if condition():
                return
            self.frames(elapsed=elapsed)
        raise AssertionError("The condition was never met.")

    def send(self, *events: Event) -> None:
        """Deliver events in one frame."""
        self.app.frame(FRAME, events)

    def key(self, *keys: int) -> None:
        """Press keys, one per frame."""
        for key in keys:
            self.send(Event(pygame.KEYDOWN, key=key))

    def pad(self, *buttons: int) -> None:
        """Press gamepad buttons, one per frame."""
        for button in buttons:
            self.send(Event(pygame.CONTROLLERBUTTONDOWN, button=button, instance_id=0))
            self.send(Event(pygame.CONTROLLERBUTTONUP, button=button, instance_id=0))

    def move(self, place: tuple[float, float]) -> None:
        """Move the mouse to a screen position."""
        self.send(Event(pygame.MOUSEMOTION, pos=self._pixels(place), rel=(0, 0), buttons=(0, 0, 0)))

    def click(self, place: tuple[float, float]) -> None:
        """Move there and press the left button."""
        self.move(place)
        for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            self.send(Event(kind, pos=self._pixels(place), button=1))

    def tap(self, place: tuple[float, float]) -> None:
        """Tap with a finger."""
        x, y = self._pixels(place)
        width, height = self.app.painter.surface.size
        for kind in (pygame.FINGERDOWN, pygame.FINGERUP):
            self.send(Event(kind, x=x / width, y=y / height, finger_id=1, touch_id=1))

    def press(self, key: str) -> None:
        """Click the widget with this key."""
        area = self.widget(key)
        self.click((area[0] + area[2] / 2, area[1] + area[3] / 2))

    def widget(self, key: str) -> tuple[float, float, float, float]:
        """The area of the widget with this key."""
        screen = self.app.screen
        listed = getattr(screen, "widgets", None) or screen._widgets  # type: ignore[attr-defined]
        area = next(widget.area for widget in listed() if widget.key == key)
        return (area.x, area.y, area.width, area.height)

    def place(self, column: int, row: int) -> tuple[float, float]:
        """The screen position of a map cell."""
        return self.play.board.camera.screen((column + 1.5) * CELL, (row + 1.5) * CELL)

    def look(self, column: int, row: int) -> bytes:
        """The pixels of a cell."""
        painter = self.app.painter
        x, y = self.place(column, row)
        half = CELL * self.play.board.camera.scale / 2
        rect = painter.pixels((x - half, y - half, 2 * half, 2 * half))
        return pygame.image.tobytes(painter.surface.subsurface(rect), "RGB")

    def _pixels(self, place: tuple[float, float]) -> tuple[float, float]:
        scale = self.app.painter.scale
        return place[0] * scale, place[1] * scale


@contextmanager
def playing(folder: Path, options: Options | None = None, *, asked: bool = True) -> Iterator[Player]:
    """The program with its files in `folder`; `asked` if the consent question is already answered."""
    options = options or Options()
    app = build_app(options, home=Home(folder, folder, folder / "exports"))
    try:
        if asked:
            app.telemetry.choose(on=False)
        pygame.display.set_mode(SIZE, pygame.RESIZABLE)
        open_first(app, options)
        player = Player(app)
        player.send(Event(pygame.VIDEORESIZE, size=SIZE, w=SIZE[0], h=SIZE[1]))
        yield player
    finally:
        app.telemetry.close()
        pygame.quit()


def build_and_leave(player: Player, *, at: tuple[int, int]) -> None:
    """Build a tower there and go to the title screen, which keeps the match."""
    player.play.board.session.order(Build(0, *at))
    player.frames(4)
    player.app.go_home()


def win(player: Player) -> None:
    """Win the match, and wait for its end screen."""
    player.match.world.score[score.WAVE] = player.match.wave_count
    player.match.world.score[score.CLEARED] = player.match.wave_count - 1
    player.until(lambda: isinstance(player.app.screen, EndingScreen))


class Frames:
    """A clock that yields these frames in turn and then ends the program."""

    def __init__(self, app: App, elapsed: Sequence[int], *, until: Callable[[], bool]) -> None:
        self._app = app
        self._elapsed = elapsed
        self._until = until
        self.count = 0

    def wait(self) -> int:
        """The next frame."""
        if self._until() or self.count > MAX_FRAMES:
            self._app.quit()
        self.count += 1
        return self._elapsed[self.count % len(self._elapsed)]


def run_to_the_end(app: App, elapsed: Sequence[int], *, until: Callable[[], bool]) -> int:
    """Run the program's own loop with these frames; returns how many there were."""
    clock = Frames(app, elapsed, until=until)
    run(app, clock)
    return clock.count
