"""What will probably happen: a life forked many times on one day, each fork with luck of its own."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from keepwell.sample.account_life import AccountLife


class Chance(NamedTuple):
    """A probability estimated from forks, and the standard error that is left because they are finitely many."""

    value: float
    error: float


def chance_of_leaving(
    life: AccountLife,
    *,
    horizon_days: int,
    forks: int,
    seed: str,
    contacts: bool = False,
    surprises: bool = True,
) -> Chance | None:
    """How likely it is that an account which pays on `life.today` is without service on one of the `horizon_days` after it.

    By default without any contact, past ones included: what a model that knew everything would say. No fork cancels: each
    tells what its days make likely, the mean of which is exact for fewer forks than a count of departures (Rao and Blackwell).
    Without `surprises` it is what can be known on that day: prices stay as they are, and no later release hurts anybody.
    None if service ends today in every fork, so that there is no customer to lose. The life itself is unchanged. Raises
    ValueError if the account does not pay, or if there are fewer than two forks.
    """
    if not life.contract.is_paid:
        raise ValueError(f"{life.account.account_id} does not pay on {life.today}.")
    if forks < 2:  # noqa: PLR2004  one fork has no spread
        raise ValueError("A chance needs two forks or more.")
    rng = Random(f"{seed}/{life.account.account_id}/{life.today}")  # noqa: S311  a simulation, not a secret
    until = life.today + timedelta(days=horizon_days)
    twins = (life.fork(rng, contacts=contacts, may_cancel=False, surprises=surprises) for _ in range(forks))
    told = (_chance(twin, until) for twin in twins)
    return _mean([each for each in told if each is not None])


def _chance(life: AccountLife, until: date) -> float | None:
    """What the days of one fork make likely; None if its service ends on the first of them."""
    life.advance_to(life.today + timedelta(days=1))
    if not life.contract.is_paid:
        return None
    while life.contract.is_paid and life.today <= until:
        life.advance_to(life.today + timedelta(days=1))
    leaves, stays = 0.0, 1.0
    for each in life.hazards:
        # A cancellation for a later day keeps the account through the horizon: nothing else is due before.
        leaves += stays * each.chance * (each.ends_on <= until)
        stays *= 1 - each.chance
    return leaves if life.contract.is_paid else leaves + stays


def _mean(values: list[float]) -> Chance | None:
    if not values:
        return None
    mean = math.fsum(values) / len(values)
    spread = math.fsum((each - mean) ** 2 for each in values)
    return Chance(mean, math.sqrt(spread / len(values) / max(len(values) - 1, 1)))
