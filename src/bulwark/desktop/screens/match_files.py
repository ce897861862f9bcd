"""The files of a match: a checkpoint after every wave and on leaving, the quick save, and the replay at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from bulwark.desktop.app import App
from bulwark.desktop.match.session import MatchEvent, Session
from bulwark.desktop.profile.documents import unusable
from bulwark.desktop.profile.kept import free_path, is_begun
from bulwark.desktop.screens.keeping import replace_kept
from bulwark.errors import SaveError
from bulwark.saves import replays
from bulwark.saves.files import backup_path, save_match, write_atomically
from bulwark.saves.matches import Saved
from bulwark.saves.replays import Recording
from bulwark.sim import rules
from bulwark.sim.layout import event, score
from bulwark.sim.match import Match
from bulwark.stars import stars_for


class MatchFiles:
    """Writes the files of one match; of a replay it writes none. A failing disk is reported, and the match goes on."""

    def __init__(
        self, app: App, session: Session, *, checkpoint: Path | None, resume: Callable[[Path], None]
    ) -> None:
        """`checkpoint` is the file this match is kept in, if any; other matches' checkpoints are left alone."""
        self._app = app
        self._resume = resume
        self._session = session
        self._saved_tick = 0 if checkpoint is None else session.match.tick
        self.stars = 0
        self.replay: Path | None = None
        self.checkpoint = checkpoint

    def note(self, events: Iterable[MatchEvent]) -> None:
        """Save a checkpoint after each cleared wave while the match goes on."""
        cleared = any(occurrence.kind == event.WAVE_CLEARED for occurrence in events)
        if cleared and not self._session.over and not self._session.watching:
            self._save_checkpoint()

    def quick_save(self) -> None:
        """Save the match on the player's request, after asking if another match is saved there."""
        if self._session.over:
            self._app.notify("The match is over: there is nothing to save.")
            return
        path = self._app.home.quick_save(self._session.match.game_map.id)
        replace_kept(
            self._app, path, by=Saved(self._session.match, self._session.steps.record), rewinding=True,
            act=lambda: self._write_quick_save(path), resume=self._resume,
        )  # fmt: skip

    def export(self) -> None:
        """Write the match to a file of its own, which the browser opens, too."""
        match = self._session.match
        path = free_path(self._app.home.downloads, f"bulwark-{match.game_map.id}-wave-{match.wave}")
        if self._save(path):
            self._app.notify(f"Exported to {path}.")

    def keep(self) -> None:
        """Save the match for later, if it has progressed and is not over. A match nobody has touched replaces no other."""
        if self._session.over or self._session.watching:
            return
        match = self._session.match
        replaces = self.checkpoint is None and self._app.home.checkpoint(match.game_map.id).exists()
        if match.tick > self._saved_tick and (is_begun(match) or not replaces):
            self._save_checkpoint()

    def finish(self) -> None:
        """Save the replay and the stars. A match that was won in earnest is over; a tweaked one can be resumed."""
        match = self._session.match
        won = match.outcome == score.WON
        self._app.sound.play("win" if won else "lose")
        self._save_replay()
        if not won or match.tweaked:
            return
        if self.checkpoint is not None:
            self._drop(self.checkpoint)
        self._count_win(match)

    def _drop(self, checkpoint: Path) -> None:
        try:
            for path in (checkpoint, backup_path(checkpoint)):
                path.unlink(missing_ok=True)
        except OSError as error:
            self._app.notify(str(unusable(checkpoint, error)))

    def _count_win(self, match: Match) -> None:
        self._app.wins += 1
        difficulty = rules.DIFFICULTIES[int(match.world.score[score.DIFFICULTY])]
        rule = rules.DIFFICULTY_RULES[int(match.world.score[score.DIFFICULTY])]
        full_lives = max(match.game_map.lives * rule.lives // 100, 1)
        self.stars = stars_for(lives=match.lives, of=full_lives)
        progress = self._app.progress.won(match.game_map.id, difficulty=difficulty, stars=self.stars)
        self._app.save_progress(progress)

    def _save_checkpoint(self) -> None:
        path = self._app.home.checkpoint(self._session.match.game_map.id)
        if self._save(path):
            self._saved_tick = self._session.match.tick
            self.checkpoint = path

    def _write_quick_save(self, path: Path) -> None:
        if self._save(path):
            self._app.notify("Saved.")

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

    def _save(self, path: Path) -> bool:
        try:
            save_match(path, self._session.match, record=self._session.steps.record)
        except SaveError as error:
            self._app.notify(str(error))
            return False
        return True
