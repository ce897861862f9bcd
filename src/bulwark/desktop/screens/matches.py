"""From a map, a save or a replay to the screen on which it is played."""

from __future__ import annotations

import secrets
from pathlib import Path

from bulwark.desktop.app import App
from bulwark.desktop.screens.play import PlayScreen
from bulwark.desktop.screens.question import QuestionScreen
from bulwark.desktop.session import Restored, Session
from bulwark.errors import SaveError
from bulwark.saves import replays
from bulwark.saves.files import last_good, load_match
from bulwark.saves.replays import Playback, Recording
from bulwark.sim.maps import Map
from bulwark.sim.match import Match
from bulwark.telemetry.telling import Teller


def begin(app: App, played: Map, *, seed: int, difficulty: int) -> None:
    """Play a map from its beginning, and record it."""
    recording = Recording(played, seed=seed, difficulty=difficulty)
    app.matches += 1
    teller = _teller(app, recording.match)
    teller.begin()
    screen = PlayScreen(app, Session(recording), teller=teller)
    screen.again = lambda: begin(app, played, seed=secrets.randbits(32), difficulty=difficulty)
    screen.resume = lambda path: resume(app, path)
    screen.watch = lambda path: app.show(watch(app, path))
    app.show(screen)


def resume(app: App, path: Path) -> None:
    """Go on with a saved match; where it is damaged, offer the checkpoint before it."""
    try:
        match = load_match(path, app.maps)
    except SaveError as error:
        earlier = last_good(path, app.maps)
        if earlier is None:
            app.tell(str(error))
        else:
            app.push(
                QuestionScreen(
                    app,
                    title="This save is damaged",
                    text=f"{error.message} The checkpoint before it is whole.",
                    answer="Go on from the checkpoint before",
                    act=lambda: resume(app, earlier),
                )
            )
        return
    resume_match(app, match, path=path)


def resume_match(app: App, match: Match, *, path: Path) -> None:
    """Go on with a match that was saved at `path`. It is not recorded: a replay begins where the match does."""
    ours = path if path == app.home.checkpoint else None
    screen = PlayScreen(app, Session(Restored(match)), teller=_teller(app, match), checkpoint=ours)
    difficulty = screen.difficulty
    screen.again = lambda: begin(app, match.played, seed=secrets.randbits(32), difficulty=difficulty)
    screen.resume = lambda path: resume(app, path)
    screen.session.paused = True
    app.show(screen)
    app.tell("Here the match goes on. It is paused: look around first.")


def watch(app: App, path: Path) -> PlayScreen:
    """The screen that shows a replay. Raises SaveError where it cannot be read, or not be played by this core."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SaveError(f"Cannot read {path}: {error.strerror}.", hint="Is it the right file?") from error
    playback = Playback(replays.from_bytes(data), app.maps)
    screen = PlayScreen(app, Session(playback), teller=None)
    screen.again = lambda: app.show(watch(app, path))
    return screen


def _teller(app: App, match: Match) -> Teller:
    return Teller(match, name=secrets.token_hex(8), record=app.telemetry.record)
