"""Assembles the program and opens what the command line asks for."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pygame

from bulwark.assets import built
from bulwark.desktop.app import App, Clock, Resources
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.sprites import Sprites
from bulwark.desktop.errors import DesktopError
from bulwark.desktop.profile.claim import claimed
from bulwark.desktop.profile.documents import load_document
from bulwark.desktop.profile.home import Home, locate_home
from bulwark.desktop.profile.kept import adopt_single_saves
from bulwark.desktop.profile.settings import Progress, Settings
from bulwark.desktop.screens.launcher import open_file, resume_restored, start, watch
from bulwark.desktop.screens.title import TitleScreen
from bulwark.desktop.sound import Sound
from bulwark.desktop.window import FrameClock, SdlWindow
from bulwark.saves.files import load_saved
from bulwark.sim import rules
from bulwark.telemetry import events
from bulwark.telemetry.intake import HttpIntake
from bulwark.telemetry.service import CONSENT_FILE, Telemetry, open_telemetry, wall_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line."""

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


def play(options: Options) -> bool:
    """Open the game and run it until the player quits; returns whether all went well.

    Raises BulwarkError if it cannot start. A replay that diverges is reported on stderr when it does.
    """
    home = locate_home(os.environ)
    with claimed(home):
        app = build_app(options, home=home)
        # Like closing the window, which saves the match. SDL itself does that on SIGTERM.
        signal.signal(signal.SIGINT, lambda *_: app.quit())
        try:
            open_first(app, options)
            run(app, FrameClock())
        finally:
            app.telemetry.close()
            pygame.quit()
    return app.failure is None


def run(app: App, clock: Clock) -> None:
    """The player's session, with telemetry at its beginning and end."""
    began = time.monotonic()  # the machine's clock may be set while the player plays
    app.telemetry.record(events.session_started())
    app.run(clock)
    seconds = int(time.monotonic() - began)
    app.telemetry.record(events.session_ended(seconds=seconds, matches=app.matches, wins=app.wins))


def build_app(options: Options, *, home: Home) -> App:
    """The program with its window, files and assets. Raises BulwarkError naming what is missing."""
    maps = built.maps()
    adopt_single_saves(home, maps)
    settings, notice = load_document(home.settings, Settings())
    progress, other = load_document(home.progress, Progress())
    telemetry, receiver = _telemetry(options, home)
    fullscreen = settings.fullscreen if options.fullscreen is None else options.fullscreen
    window = SdlWindow(fullscreen=fullscreen, environment=os.environ)
    resources = Resources(
        window=window,
        painter=Painter(window.surface, Sprites(built.atlas())),
        sound=Sound(built.path),
        home=home,
        settings=settings,
        progress=progress,
        telemetry=telemetry,
        maps=maps,
        receiver=receiver,
        print_line=_print_line,
        mute=options.mute,
    )
    difficulty = rules.DIFFICULTIES.index(options.difficulty)
    app = App(
        resources,
        title=lambda app: TitleScreen(app, seed=options.seed, difficulty=difficulty, selected=options.map_id),
        open_file=open_file,
    )
    for message in filter(None, (notice, other)):
        _print_line(message)
        app.notify(message)
    return app


def open_first(app: App, options: Options) -> None:
    """Show what was asked for. Raises BulwarkError if it cannot be shown."""
    _first_screen(app, options)()


def _first_screen(app: App, options: Options) -> Callable[[], None]:
    if options.replay is not None:
        screen = watch(app, options.replay)
        return lambda: app.show(screen)
    if options.load is not None:
        path = options.load
        saved = load_saved(path, app.maps)
        return lambda: resume_restored(app, saved, path=path)
    if not options.map_id:
        return app.go_home
    game_map = next((each for each in app.maps if each.id == options.map_id), None)
    if game_map is None:
        known = ", ".join(each.id for each in app.maps)
        raise DesktopError(f"There is no map {options.map_id!r}.", hint=f"Available maps: {known}.")
    seed = secrets.randbits(32) if options.seed is None else options.seed
    return lambda: start(app, game_map, seed=seed, difficulty=rules.DIFFICULTIES.index(options.difficulty))


def _print_line(line: str) -> None:
    """Print a line for whoever started the program."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class _DiscardSink:
    """Discards events: there is no receiver."""

    def put(self, call: bytes) -> None:
        """Discard it."""

    def clear(self) -> None:
        """Nothing is stored."""

    def close(self) -> None:
        """Nothing is open."""


def _telemetry(options: Options, home: Home) -> tuple[Telemetry, str]:
    """The player's telemetry, and a sentence saying where it goes."""
    if options.intake:
        intake = HttpIntake(options.intake, write_key=options.write_key)
        opened = open_telemetry(home.config, intake=intake)
        where = f"If enabled, events go to {options.intake}."
    else:
        opened = open_telemetry(home.config, file=options.events)
        where = f"If enabled, events go to the file {options.events}."
    if opened is not None:
        return opened, where
    discarded = Telemetry(
        _DiscardSink(),
        consent_file=home.config / CONSENT_FILE,
        now=wall_clock,
        random_bytes=secrets.token_bytes,
    )
    return discarded, "No receiver is set (--events or --intake): nothing is sent or stored either way."
