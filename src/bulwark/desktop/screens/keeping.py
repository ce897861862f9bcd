"""What is kept of a match: a checkpoint after every wave and on leaving, the save by hand, and at its end the replay."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bulwark.desktop.app import App
from bulwark.desktop.session import Happening, Session
from bulwark.desktop.settings import stars_of
from bulwark.errors import SaveError
from bulwark.saves import replays
from bulwark.saves.files import earlier_of, save_match, write_whole
from bulwark.saves.replays import Recording
from bulwark.sim import rules
from bulwark.sim.layout import event, score


class Keeping:
    """Writes the files of one match. A disk that fails is told to the player, and the match goes on."""

    def __init__(self, app: App, session: Session, *, checkpoint: Path | None) -> None:
        """`checkpoint` is the one that this match has gone on from; another match's is left alone."""
        self._app = app
        self._session = session
        self._kept = session.match.tick
        self.stars = 0
        self.replay: Path | None = None
        self.checkpoint = checkpoint

    def note(self, happened: Iterable[Happening]) -> None:
        """Keep a checkpoint after a wave, while the match goes on."""
        cleared = any(happening.kind == event.WAVE_CLEARED for happening in happened)
        if cleared and not self._session.over:
            self._keep_checkpoint()

    def save(self) -> None:
        """The save by hand."""
        if self._session.over:
            self._app.tell("The match is over: there is nothing left to save.")
        elif self._write(self._app.home.quick_save):
            self._app.tell("Saved.")

    def leave(self) -> None:
        """Keep the match for going on, if it was begun and is not over."""
        if not self._session.over and self._session.match.tick > self._kept:
            self._keep_checkpoint()

    def end(self) -> None:
        """Keep the replay and the stars; a match that was won is not gone on with."""
        match = self._session.match
        won = match.outcome == score.WON
        self._app.sound.play("win" if won else "lose")
        self._keep_replay()
        if not won:
            return
        self._app.wins += 1
        if self.checkpoint is not None:
            for path in (self.checkpoint, earlier_of(self.checkpoint)):
                path.unlink(missing_ok=True)
        difficulty = rules.DIFFICULTIES[int(match.world.score[score.DIFFICULTY])]
        rule = rules.DIFFICULTY_RULES[int(match.world.score[score.DIFFICULTY])]
        whole = max(match.played.lives * rule.lives // 100, 1)
        self.stars = stars_of(lives=match.lives, of=whole)
        progress = self._app.progress.won(match.played.id, difficulty=difficulty, stars=self.stars)
        self._app.keep_progress(progress)

    def _keep_checkpoint(self) -> None:
        if self._write(self._app.home.checkpoint):
            self.checkpoint = self._app.home.checkpoint

    def _keep_replay(self) -> None:
        recording = self._session.steps
        if not isinstance(recording, Recording):
            return
        replay = recording.replay()
        difficulty = rules.DIFFICULTIES[replay.difficulty]
        path = self._app.home.replay(f"{replay.map}-{difficulty}-{replay.seed}-{replay.ticks}")
        try:
            write_whole(path, replays.to_bytes(replay))
        except SaveError as error:
            self._app.tell(str(error))
            return
        self.replay = path

    def _write(self, path: Path) -> bool:
        try:
            save_match(path, self._session.match)
        except SaveError as error:
            self._app.tell(str(error))
            return False
        self._kept = self._session.match.tick
        return True
