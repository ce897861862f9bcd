"""A player's progress through the levels, session by session: when each session ends, and whether it was the last.

The model and its numbers are documented in `docs/players.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from bulwark.bots.population.archetypes import Player
from bulwark.bots.population.levels import EASED_AFTER_LOSSES, EASED_LOGITS, LEVELS
from bulwark.bots.population.logistic import logit, sigmoid
from bulwark.bots.population.referee import Decision, Referee

_STOPS, _STOPS_AFTER_LOSS, _STOPS_PER_LOSS, _STOPS_PER_MINUTE = -1.5, 0.35, 0.2, 0.03
_MOST_LOSSES_TO_STOP = 5
_LEAVES_PER_LOSS, _MOST_LOSSES_TO_LEAVE = 0.30, 6
_LEAVES_OUT_OF_PATIENCE = 0.9
_STAYS_PER_WIN, _MOST_WINS_TO_STAY = 0.20, 4
_LEAVES_BORED, _BORING_WINS = 0.4, 5
_LEAVES_WITHOUT_CONTENT = 1.5


class CareerMatch(NamedTuple):
    """A match on a level: the player's skill at the time, and by how many logits it was eased."""

    level: int
    skill: float
    eased: float
    decision: Decision


class PlaySession(NamedTuple):
    """One or more matches in a row; the player `leaves` afterwards with probability `chance_of_leaving`."""

    matches: Sequence[CareerMatch]
    losing_streak: int
    chance_of_leaving: float
    leaves: bool

    @property
    def seconds(self) -> int:
        """The session's length."""
        return sum(match.decision.seconds for match in self.matches)

    @property
    def wins(self) -> int:
        """How many of its matches were won."""
        return sum(match.decision.won for match in self.matches)


@dataclass(slots=True)
class Career:
    """What a player has done so far; `level` is one past the last if all are won."""

    player: Player
    rng: Random
    level: int = 1
    matches: int = 0
    losing_streak: int = 0
    winning_streak: int = 0

    def session(self, referee: Referee, *, recorded: bool = True) -> PlaySession:
        """Play until the player stops; an unrecorded session uses up no match played by a bot."""
        played: list[CareerMatch] = []
        seconds = 0
        while True:
            match = self._match(referee, recorded=recorded)
            played.append(match)
            seconds += match.decision.seconds
            if self._stops(match, minutes=seconds / 60):
                break
        chance = self._chance_of_leaving(sum(match.decision.won for match in played))
        return PlaySession(played, self.losing_streak, chance, self.rng.random() < chance)

    def _match(self, referee: Referee, *, recorded: bool) -> CareerMatch:
        eased = self.player.treated and self.losing_streak >= EASED_AFTER_LOSSES
        ease = EASED_LOGITS if eased else 0.0
        skill = self.player.skill(self.matches)
        level = min(self.level, LEVELS)
        decision = referee.decide(level, skill=skill, ease=ease, rng=self.rng, recorded=recorded)
        self.matches += 1
        if decision.won:
            self.level = min(self.level + 1, LEVELS + 1)
            self.winning_streak += 1
            self.losing_streak = 0
        else:
            self.losing_streak += 1
            self.winning_streak = 0
        return CareerMatch(level, skill, ease, decision)

    def _stops(self, match: CareerMatch, *, minutes: float) -> bool:
        log_odds = (
            _STOPS
            + _STOPS_AFTER_LOSS * (not match.decision.won)
            + _STOPS_PER_LOSS * min(self.losing_streak, _MOST_LOSSES_TO_STOP)
            + _STOPS_PER_MINUTE * minutes
        )
        return self.rng.random() < sigmoid(log_odds)

    def _chance_of_leaving(self, wins: int) -> float:
        streak = self.losing_streak
        return sigmoid(
            logit(self.player.archetype.leaves)
            + _LEAVES_PER_LOSS * min(streak, _MOST_LOSSES_TO_LEAVE)
            + _LEAVES_OUT_OF_PATIENCE * (streak >= self.player.persistence)
            - _STAYS_PER_WIN * min(wins, _MOST_WINS_TO_STAY)
            + _LEAVES_BORED * (self.winning_streak >= _BORING_WINS)
            + _LEAVES_WITHOUT_CONTENT * (self.level > LEVELS)
        )
