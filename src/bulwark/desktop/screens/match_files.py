"""The files of a match: a checkpoint after every wave and on leaving, the quick save, and the replay at its end."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bulwark.desktop.app import App
from bulwark.desktop.match.session import MatchEvent, Session
from bulwark.errors import SaveError
from bulwark.saves import replays
from bulwark.saves.files import backup_path, save_match, write_atomically
from bulwark.saves.replays import Recording
from bulwark.sim import rules
from bulwark.sim.layout import event, score
from bulwark.stars import stars_for


class MatchFiles:
    """Writes the files of one match. A failing disk is reported to the player, and the match goes on."""

    def __init__(self, app: App, session: Session, *, checkpoint: Path | None) -> None:
        """`checkpoint` is the file this match was resumed from, if any; other matches' checkpoints are left alone."""
        self._app = app
        self._session = session
        self._saved_tick = session.match.tick
        self.stars = 0
        self.replay: Path | None = None
        self.checkpoint = checkpoint

    def note(self, events: Iterable[MatchEvent]) -> None:
        """Save a checkpoint after each cleared wave while the match goes on."""
        cleared = any(occurrence.kind == event.WAVE_CLEARED for occurrence in events)
        if cleared and not self._session.over:
            self._save_checkpoint()

    def quick_save(self) -> None:
        """Save the match on the player's request."""
        if self._session.over:
            self._app.notify("The match is over: there is nothing to save.")
        elif self._write(self._app.home.quick_save):
            self._app.notify("Saved.")

    def close(self) -> None:
        """Save the match for later, if it has progressed and is not over."""
        if not self._session.over and self._session.match.tick > self._saved_tick:
            self._save_checkpoint()

    def finish(self) -> None:
        """Save the replay and the stars; a won match cannot be resumed."""
        match = self._session.match
        won = match.outcome == score.WON
        self._app.sound.play("win" if won else "lose")
        self._save_replay()
        if not won:
            return
        self._app.wins += 1
        if self.checkpoint is not None:
            for path in (self.checkpoint, backup_path(self.checkpoint)):
                path.unlink(missing_ok=True)
        difficulty = rules.DIFFICULTIES[int(match.world.score[score.DIFFICULTY])]
        rule = rules.DIFFICULTY_RULES[int(match.world.score[score.DIFFICULTY])]
        full_lives = max(match.game_map.lives * rule.lives // 100, 1)
        self.stars = stars_for(lives=match.lives, of=full_lives)
        progress = self._app.progress.won(match.game_map.id, difficulty=difficulty, stars=self.stars)
        self._app.save_progress(progress)

    def _save_checkpoint(self) -> None:
        if self._write(self._app.home.checkpoint):
            self.checkpoint = self._app.home.checkpoint

    def _save_replay(self) -> None:
        recording = self._session.steps
        if not isinstance(recording, Recording):
            return
        replay = recording.replay()
        difficulty = rules.DIFFICULTIES[replay.difficulty]
        path = self._app.home.replay(f"{replay.map}-{difficulty}-{replay.seed}-{replay.ticks}")
        try:
            write_atomically(path, replays.to_bytes(replay))
        except SaveError as error:
            self._app.notify(str(error))
            return
        self.replay = path

    def _write(self, path: Path) -> bool:
        try:
            save_match(path, self._session.match)
        except SaveError as error:
            self._app.notify(str(error))
            return False
        self._saved_tick = self._session.match.tick
        return True
