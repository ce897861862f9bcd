"""What will probably happen: a life forked many times on one day, each fork with luck of its own."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from keepwell.sample.account_life import AccountLife


def chance_of_leaving(
    life: AccountLife, *, horizon_days: int, forks: int, seed: str, contacts: bool = False
) -> float:
    """The share of `forks` in which a paying account stops paying within `horizon_days` from `life.today` on.

    By default without any contact, past ones included: what a model that knew everything would say. The life itself is
    unchanged. Raises ValueError if the account does not pay.
    """
    if not life.contract.is_paid:
        raise ValueError(f"{life.account.account_id} does not pay on {life.today}.")
    rng = Random(f"{seed}/{life.account.account_id}/{life.today}")  # noqa: S311  a simulation, not a secret
    return sum(_leaves(life.fork(rng, contacts=contacts), horizon_days) for _ in range(forks)) / forks


def _leaves(life: AccountLife, horizon_days: int) -> bool:
    """Whether the account is without service at the start of some day of the horizon."""
    for _ in range(horizon_days + 1):
        life.advance_to(life.today + timedelta(days=1))
        if not life.contract.is_paid:
            return True
    return False
