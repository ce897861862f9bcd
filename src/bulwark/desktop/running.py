"""Puts the program together, and shows what the command line asks for."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pygame

from bulwark.assets import built
from bulwark.desktop.app import App, Belongings, Clock
from bulwark.desktop.documents import read_document
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.sprites import Sprites
from bulwark.desktop.errors import DesktopError
from bulwark.desktop.home import Home, find_home
from bulwark.desktop.screens.consent import ConsentScreen
from bulwark.desktop.screens.matches import begin, resume_match, watch
from bulwark.desktop.screens.title import TitleScreen
from bulwark.desktop.settings import Progress, Settings
from bulwark.desktop.sound import Sound
from bulwark.desktop.window import FrameClock, SdlWindow
from bulwark.saves.files import load_match
from bulwark.sim import rules
from bulwark.telemetry import events
from bulwark.telemetry.consent import Choice
from bulwark.telemetry.intake import HttpIntake
from bulwark.telemetry.service import CONSENT_FILE, Telemetry, open_telemetry, wall_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says."""

    map_id: str = ""
    difficulty: str = "normal"
    seed: int | None = None
    replay: Path | None = None
    load: Path | None = None
    fullscreen: bool | None = None
    mute: bool = False
    events: Path | None = None
    intake: str = ""
    write_key: str = ""


def play(wanted: Wanted) -> bool:
    """Open the game and run it until the player leaves; whether all went well.

    Raises BulwarkError where it cannot begin. A replay that goes another way is told on stderr when it does.
    """
    app = make_app(wanted, home=find_home(os.environ))
    # As closing the window: the match is kept. SDL itself makes that of SIGTERM.
    signal.signal(signal.SIGINT, lambda *_: app.quit())
    try:
        open_first(app, wanted)
        run(app, FrameClock())
    finally:
        app.telemetry.close()
        pygame.quit()
    return app.failure is None


def run(app: App, clock: Clock) -> None:
    """The session of a player: told at its beginning and its end."""
    began = wall_clock()
    app.telemetry.record(events.session_started())
    app.run(clock)
    seconds = int((wall_clock() - began).total_seconds())
    app.telemetry.record(events.session_ended(seconds=seconds, matches=app.matches, wins=app.wins))


def make_app(wanted: Wanted, *, home: Home) -> App:
    """The program with its window, files and assets. Raises BulwarkError naming what is missing."""
    maps = built.maps()
    settings, notice = read_document(home.settings, Settings())
    progress, other = read_document(home.progress, Progress())
    telemetry, receiver = _telemetry(wanted, home)
    fullscreen = settings.fullscreen if wanted.fullscreen is None else wanted.fullscreen
    window = SdlWindow(fullscreen=fullscreen, environment=os.environ)
    belongings = Belongings(
        window=window,
        painter=Painter(window.surface, Sprites(built.atlas())),
        sound=Sound(built.path),
        home=home,
        settings=settings,
        progress=progress,
        telemetry=telemetry,
        maps=maps,
        receiver=receiver,
        say=_say,
        mute=wanted.mute,
    )
    difficulty = rules.DIFFICULTIES.index(wanted.difficulty)
    app = App(
        belongings,
        title=lambda app: TitleScreen(app, seed=wanted.seed, difficulty=difficulty, chosen=wanted.map_id),
    )
    for said in filter(None, (notice, other)):
        _say(said)
        app.tell(said)
    return app


def open_first(app: App, wanted: Wanted) -> None:
    """Show what is asked for, and before it, on the first start, the switch. Raises BulwarkError where it cannot be."""
    show = _asked_for(app, wanted)
    if app.telemetry.consent.choice is Choice.UNASKED:
        app.show(ConsentScreen(app, then=show))
    else:
        show()


def _asked_for(app: App, wanted: Wanted) -> Callable[[], None]:
    if wanted.replay is not None:
        screen = watch(app, wanted.replay)
        return lambda: app.show(screen)
    if wanted.load is not None:
        path = wanted.load
        match = load_match(path, app.maps)
        return lambda: resume_match(app, match, path=path)
    if not wanted.map_id:
        return app.go_home
    found = next((each for each in app.maps if each.id == wanted.map_id), None)
    if found is None:
        known = ", ".join(each.id for each in app.maps)
        raise DesktopError(f"There is no map {wanted.map_id!r}.", hint=f"There are {known}.")
    seed = secrets.randbits(32) if wanted.seed is None else wanted.seed
    return lambda: begin(app, found, seed=seed, difficulty=rules.DIFFICULTIES.index(wanted.difficulty))


def _say(line: str) -> None:
    """A line for whoever started the program."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class _Nowhere:
    """Takes events and forgets them: there is no receiver."""

    def put(self, call: bytes) -> None:
        """Forget it."""

    def clear(self) -> None:
        """There is nothing."""

    def close(self) -> None:
        """There is nothing."""


def _telemetry(wanted: Wanted, home: Home) -> tuple[Telemetry, str]:
    """The player's telemetry, and in a sentence where it goes."""
    if wanted.intake:
        intake = HttpIntake(wanted.intake, write_key=wanted.write_key)
        opened = open_telemetry(home.config, intake=intake)
        where = f"If it is on, it goes to {wanted.intake}."
    else:
        opened = open_telemetry(home.config, file=wanted.events)
        where = f"If it is on, it goes to the file {wanted.events}."
    if opened is not None:
        return opened, where
    nowhere = Telemetry(
        _Nowhere(),
        consent_file=home.config / CONSENT_FILE,
        now=wall_clock,
        random_bytes=secrets.token_bytes,
    )
    return nowhere, "This start has no receiver (--events or --intake): nothing is sent or kept either way."
