"""Champions and challengers: when one is trained, what decides between both, and the sentences that say so. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal, Protocol

import msgspec

from keepwell.churn.trained.model import Comparison
from keepwell.platform.errors import Conflict, DomainError

# Accounts that left, and that stayed: with fewer, the comparison could hardly end otherwise than by a tie, and there is only one.
FEWEST_ON_EACH_SIDE = 20

PromotionCause = Literal["won", "by_hand", "rolled_back"]


class AlreadyChampion(Conflict):
    """The model makes the lists already."""

    code = "already-champion"


class NoEarlierChampion(Conflict):
    """There is no champion to go back to."""

    code = "no-earlier-champion"


class NoChampion(DomainError):
    """There is no model that a challenger could be compared with."""

    code = "no-champion"


class ChampionChanged(Conflict):
    """Another model makes the lists than when the work with the champion began."""

    code = "champion-changed"


class OtherQuestion(DomainError):
    """A challenger answers another question than the champion, so that nothing can be compared."""

    code = "other-question"


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """A model that makes the lists from now on, instead of the one before, and why."""

    model_version: int
    model_version_before: int
    cause: PromotionCause
    statement: str
    promoted_at: datetime


class Judged(Protocol):
    """The verdict on the served probabilities, as far as it decides whether a challenger is trained."""

    @property
    def needs_challenger(self) -> bool:
        """Whether outcomes that are known by now contradict the probabilities; other inputs alone never do."""
        ...

    @property
    def broken_on(self) -> date | None:
        """The list on which they did."""
        ...


class Challenges(msgspec.Struct, frozen=True, kw_only=True):
    """The challengers so far: whether one waits, when the newest was trained, and the newest break that one answered."""

    waiting: int | None = None
    trained_on: date | None = None
    broken_on: date | None = None


def challenger_is_due(
    verdict: Judged | None, challenges: Challenges, *, horizon_days: int, today: date
) -> bool:
    """Whether to train a challenger: the verdict needs one, and none waits, answered this break, or is younger than a horizon."""
    if verdict is None or not verdict.needs_challenger or verdict.broken_on is None:
        return False
    if challenges.waiting is not None:
        return False
    if challenges.broken_on is not None and verdict.broken_on <= challenges.broken_on:
        return False
    newest = challenges.trained_on
    return newest is None or newest + timedelta(days=horizon_days) <= today


def is_enough(*, departed: int, stayed: int) -> bool:
    """Whether so many accounts that left, and that stayed, decide between two models."""
    return min(departed, stayed) >= FEWEST_ON_EACH_SIDE


def comparison_sentence(found: Comparison, *, challenger: int) -> str:
    """The winner, by how much, within what, and on how many accounts and days."""
    gain = found.gain
    where = (
        f"on {found.accounts:,} accounts and {found.days:,} {'day' if found.days == 1 else 'days'}, after "
        f"{found.departed:,} of whose {found.snapshots:,} scores the account left"
    )
    between = f"(95 % of resamples of accounts: {gain.low:+.4f} to {gain.high:+.4f})"
    if gain.low > 0:
        return (
            f"Model {challenger} won against model {found.champion}: its log loss was lower by {gain.value:.4f} {between}, "
            f"{where}."
        )
    if gain.high < 0:
        return (
            f"Model {found.champion} won against model {challenger}: its log loss was lower by {-gain.value:.4f} "
            f"(95 % of resamples of accounts: {-gain.high:+.4f} to {-gain.low:+.4f}), {where}."
        )
    return (
        f"Model {challenger} and model {found.champion} are tied, so that model {found.champion} stays: the difference of their log "
        f"losses was {gain.value:+.4f} {between}, {where}."
    )


def waiting_sentence(champion: int) -> str:
    """Why a challenger is kept aside."""
    return (
        f"It is scored every night beside model {champion}, and compared with it once, as soon as {FEWEST_ON_EACH_SIDE} of the accounts "
        f"that both have scored have left and {FEWEST_ON_EACH_SIDE} have stayed. It makes lists only if its log loss is lower beyond chance."
    )
