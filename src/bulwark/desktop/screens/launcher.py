"""Opens the play screen for a map, a save or a replay."""

from __future__ import annotations

import secrets
from pathlib import Path

from bulwark.desktop.app import App
from bulwark.desktop.match.session import Session
from bulwark.desktop.screens.confirmation import Answer, ConfirmScreen
from bulwark.desktop.screens.keeping import replace_kept
from bulwark.desktop.screens.play import PlayScreen
from bulwark.errors import SaveError
from bulwark.saves import replays
from bulwark.saves.envelope import kind_of
from bulwark.saves.files import good_backup, load_saved, read_file
from bulwark.saves.matches import Saved
from bulwark.saves.replays import Playback, Recording
from bulwark.sim.maps import Map
from bulwark.sim.match import Match
from bulwark.steps import resumed
from bulwark.telemetry.match_reporter import MatchReporter


def start(app: App, game_map: Map, *, seed: int, difficulty: int) -> None:
    """Start a new match on a map, after asking if another one is kept there."""
    app.set_aside()
    replace_kept(
        app,
        app.home.checkpoint(game_map.id),
        by=None,
        act=lambda: _begin(app, game_map, seed=seed, difficulty=difficulty),
        resume=lambda path: resume(app, path),
    )


def resume(app: App, path: Path) -> None:
    """Resume a saved match; if the save is damaged, offer the checkpoint before it."""
    app.set_aside()
    try:
        saved = load_saved(path, app.maps)
    except SaveError as error:
        earlier = good_backup(path, app.maps)
        if earlier is None:
            app.notify(str(error))
        else:
            app.ask(
                ConfirmScreen(
                    app,
                    title="This save is damaged",
                    text=f"{error.message} The checkpoint before it is intact.",
                    answers=[Answer("yes", "Resume the checkpoint before it", lambda: resume(app, earlier))],
                )
            )
        return
    resume_restored(app, saved, path=path)


def resume_restored(app: App, saved: Saved, *, path: Path) -> None:
    """Resume a match read from `path`, after asking if it would replace another one kept on its map."""
    checkpoint = app.home.checkpoint(saved.match.game_map.id)
    if path.parent == checkpoint.parent and path.name.startswith(checkpoint.name):
        _show_restored(app, saved, checkpoint=checkpoint)
        return
    replace_kept(
        app,
        checkpoint,
        by=saved,
        rewinding=path.parent == checkpoint.parent,
        act=lambda: _show_restored(app, saved, checkpoint=None),
        resume=lambda kept: resume(app, kept),
    )


def open_file(app: App, path: Path) -> None:
    """Open a save or a replay, whichever it is, like the Play page."""
    app.set_aside()
    try:
        if kind_of(read_file(path)) != replays.KIND:
            resume(app, path)
            return
        screen = watch(app, path)
    except SaveError as error:
        app.notify(str(error))
    else:
        app.show(screen)


def watch(app: App, path: Path) -> PlayScreen:
    """The screen that shows a replay. Raises SaveError if it cannot be read or this core cannot play it."""
    playback = Playback(replays.from_bytes(read_file(path)), app.maps)
    screen = PlayScreen(app, Session(playback), reporter=None)
    screen.again = lambda: app.show(watch(app, path))
    return screen


def _begin(app: App, game_map: Map, *, seed: int, difficulty: int) -> None:
    recording = Recording(game_map, seed=seed, difficulty=difficulty)
    app.matches += 1
    reporter = _reporter(app, recording.match)
    reporter.begin()
    screen = PlayScreen(app, Session(recording), reporter=reporter)
    screen.watch = lambda path: app.show(watch(app, path))
    _offer_others(app, screen)
    app.show(screen)


def _show_restored(app: App, saved: Saved, *, checkpoint: Path | None) -> None:
    session = Session(resumed(saved))
    screen = PlayScreen(app, session, reporter=_reporter(app, saved.match), checkpoint=checkpoint)
    screen.watch = lambda path: app.show(watch(app, path))
    _offer_others(app, screen)
    screen.board.session.paused = True
    app.show(screen)
    app.notify("Match resumed and paused: look around first.")


def _offer_others(app: App, screen: PlayScreen) -> None:
    """Let the player go from this match to others."""

    def start_on(game_map: Map) -> None:
        start(app, game_map, seed=secrets.randbits(32), difficulty=screen.difficulty)

    screen.start = start_on
    screen.again = lambda: start_on(screen.board.match.game_map)
    screen.resume = lambda path: resume(app, path)


def _reporter(app: App, match: Match) -> MatchReporter:
    return MatchReporter(match, name=secrets.token_hex(8), record=app.telemetry.record)
