"""Reports a match's events to telemetry: each event once, when it has actually happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from bulwark.sim import rules
from bulwark.sim.commands import Build, Command, Refusal, Sell, Upgrade
from bulwark.sim.layout import event, score, tower
from bulwark.sim.match import Match
from bulwark.telemetry import events
from bulwark.telemetry.events import Event, MatchEnd, MatchFacts


class MatchReporter:
    """Listens to a session before and after each tick, and records events."""

    def __init__(self, match: Match, *, name: str, record: Callable[[Event], None]) -> None:
        difficulty = rules.DIFFICULTIES[int(match.world.score[score.DIFFICULTY])]
        self._facts = MatchFacts(match=name, map=match.game_map.id, difficulty=difficulty)
        self._match = match
        self._record = record
        self._counts: Counter[str] = Counter()
        self._began: dict[int, int] = {}
        self._prepared: list[tuple[Command, Event]] = []
        self._ended = match.outcome != score.PLAYING

    def begin(self) -> None:
        """Report that the match begins."""
        self._record(events.match_started(self._facts))

    def leave(self) -> None:
        """Report that the player leaves; nothing is reported if the match is over."""
        if self._ended:
            return
        cleared = int(self._match.world.score[score.CLEARED])
        self._record(
            events.match_left(
                self._facts,
                waves_cleared=cleared,
                seconds=_seconds(self._match.tick),
                tweaked=self._match.tweaked,
            )
        )

    def before(self, commands: Sequence[Command]) -> None:
        """Prepare the commands' events: after a sale the tower can no longer be queried."""
        prepared = ((command, self._event_of(command)) for command in commands)
        self._prepared = [(command, event) for command, event in prepared if event is not None]

    def after(self, refusals: Sequence[Refusal]) -> None:
        """Record the executed commands, and what else happened in the tick."""
        refused = {id(refusal.command) for refusal in refusals}
        for command, prepared in self._prepared:
            if id(command) not in refused:
                self._counts[prepared.name] += 1
                self._record(prepared)
        self._prepared = []
        match = self._match
        count = match.event_count
        for kind, wave in zip(match.events[event.KIND][:count], match.events[event.A][:count], strict=True):
            self._report(int(kind), int(wave))
        if match.outcome != score.PLAYING and not self._ended:
            self._ended = True
            self._record(events.match_ended(self._facts, self._end()))

    def _report(self, kind: int, wave: int) -> None:
        match = self._match
        if kind == event.WAVE_BEGAN:
            self._began[wave] = match.tick
        elif kind == event.WAVE_CLEARED:
            seconds = _seconds(match.tick - self._began.get(wave, match.tick))
            self._record(events.wave_cleared(self._facts, wave=wave, seconds=seconds, lives=match.lives))

    def _event_of(self, command: Command) -> Event | None:
        match, wave = self._match, self._match.wave
        if isinstance(command, Build):
            place = {"column": command.column, "row": command.row}
            return events.tower_built(self._facts, tower=rules.TOWERS[command.kind], wave=wave, **place)
        if not isinstance(command, Sell | Upgrade) or match.refusal(command) is not None:
            return None
        index = list(match.towers[tower.UID][: match.tower_count]).index(command.uid)
        name = rules.TOWERS[int(match.towers[tower.KIND][index])]
        if isinstance(command, Sell):
            return events.tower_sold(self._facts, tower=name, refund=match.refund(command.uid), wave=wave)
        variant = rules.branches(int(match.towers[tower.VARIANT][index]))[command.branch]
        return events.tower_upgraded(self._facts, tower=name, variant=variant, wave=wave)

    def _end(self) -> MatchEnd:
        match = self._match
        return MatchEnd(
            won=match.outcome == score.WON,
            waves_cleared=int(match.world.score[score.CLEARED]),
            seconds=_seconds(match.tick),
            towers_built=self._counts["tower_built"],
            towers_sold=self._counts["tower_sold"],
            lives_left=match.lives,
            tweaked=match.tweaked,
        )


def _seconds(ticks: int) -> int:
    return ticks // rules.TICKS_PER_SECOND
