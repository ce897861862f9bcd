"""What a match has to tell: telemetry's events, from the commands that were carried out and from what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bulwark.sim import rules
from bulwark.sim.commands import Build, Command, Sell, Upgrade
from bulwark.sim.layout import event, score, tower
from bulwark.sim.match import Match
from bulwark.telemetry import events
from bulwark.telemetry.events import Event, MatchEnd, MatchFacts


class Teller:
    """Follows one match from tick to tick."""

    def __init__(self, match: Match, *, name: str) -> None:
        difficulty = rules.DIFFICULTIES[match.world.score[score.DIFFICULTY]]
        self._facts = MatchFacts(match=name, map=match.played.id, difficulty=difficulty)
        self._match = match
        self._counts: Counter[str] = Counter()
        self._wave_began: dict[int, int] = {}
        self._told_end = match.outcome != score.PLAYING

    def begun(self) -> Event:
        """The match has begun."""
        return events.match_started(self._facts)

    def left(self) -> Event:
        """The player leaves before the end."""
        numbers = self._match.world.score
        return events.match_left(
            self._facts, waves_cleared=numbers[score.CLEARED], seconds=self._seconds(self._match.tick)
        )

    def of(self, command: Command) -> Event | None:
        """What the command tells if it is carried out now: of a tower that is sold, what it was."""
        match, wave = self._match, self._match.wave
        if isinstance(command, Build):
            place = {"column": command.column, "row": command.row}
            return events.tower_built(self._facts, tower=rules.TOWERS[command.kind], wave=wave, **place)
        if not isinstance(command, Sell | Upgrade) or match.refusal(command) is not None:
            return None
        name = rules.TOWERS[self._of_tower(tower.KIND, command.uid)]
        if isinstance(command, Sell):
            return events.tower_sold(self._facts, tower=name, refund=match.refund(command.uid), wave=wave)
        variant = rules.branches(self._of_tower(tower.VARIANT, command.uid))[command.branch]
        return events.tower_upgraded(self._facts, tower=name, variant=variant, wave=wave)

    def counted(self, event: Event) -> Event:
        """The event of a command that was carried out; the match's end tells how many there were."""
        self._counts[event.name] += 1
        return event

    def after(self) -> Sequence[Event]:
        """What the last tick tells."""
        match = self._match
        told = []
        for kind, wave in zip(
            match.events[event.KIND][: match.event_count],
            match.events[event.A][: match.event_count],
            strict=True,
        ):
            if kind == event.WAVE_BEGAN:
                self._wave_began[wave] = match.tick
            elif kind == event.WAVE_CLEARED:
                seconds = self._seconds(match.tick - self._wave_began.get(wave, match.tick))
                told.append(events.wave_cleared(self._facts, wave=wave, seconds=seconds, lives=match.lives))
        if match.outcome != score.PLAYING and not self._told_end:
            self._told_end = True
            told.append(events.match_ended(self._facts, self._end()))
        return told

    def _end(self) -> MatchEnd:
        match = self._match
        return MatchEnd(
            won=match.outcome == score.WON,
            waves_cleared=match.world.score[score.CLEARED],
            seconds=self._seconds(match.tick),
            towers_built=self._counts["tower_built"],
            towers_sold=self._counts["tower_sold"],
            lives_left=match.lives,
        )

    def _of_tower(self, column: int, uid: int) -> int:
        index = self._match.towers[tower.UID][: self._match.tower_count].index(uid)
        return self._match.towers[column][index]

    @staticmethod
    def _seconds(ticks: int) -> int:
        return ticks // rules.TICKS_PER_SECOND
