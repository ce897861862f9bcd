"""Held-out predictions for the tests of the audit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from keepwell.churn.audit.auditing import HeldOut
from keepwell.churn.audit.model import Group

Numbers = NDArray[np.int64]


def value(name: str) -> Group:
    return Group(kind="value", value=name)


def held_out(
    chances: Sequence[float],
    labels: Sequence[int],
    *,
    selected: Sequence[bool] | None = None,
    accounts: Sequence[int] | None = None,
) -> HeldOut:
    return HeldOut(
        chances=np.array(chances, dtype=np.float64),
        labels=np.array(labels, dtype=np.int64),
        selected=np.array(selected or [each >= 0.5 for each in chances], dtype=bool),
        accounts=np.arange(len(labels)) if accounts is None else np.array(accounts, dtype=np.int64),
    )


def drawn(accounts: int, *, rows_each: int, seed: int, shift: float = 0.0) -> HeldOut:
    """Accounts with a tendency of their own, seen `rows_each` times; `shift` is added to what is predicted, not to what happens."""
    random = np.random.default_rng(seed)
    tendency = np.repeat(random.uniform(0.05, 0.6, accounts), rows_each)
    return HeldOut(
        chances=np.clip(tendency + shift, 0.0, 1.0),
        labels=(random.random(accounts * rows_each) < tendency).astype(np.int64),
        selected=tendency + shift > 0.4,
        accounts=np.repeat(np.arange(accounts), rows_each),
    )


def joined(*parts: HeldOut) -> HeldOut:
    """The rows of all parts, whose accounts are different ones."""
    starts = np.cumsum([0, *(int(part.accounts.max()) + 1 for part in parts)])
    return HeldOut(
        chances=np.concatenate([part.chances for part in parts]),
        labels=np.concatenate([part.labels for part in parts]),
        selected=np.concatenate([part.selected for part in parts]),
        accounts=np.concatenate([part.accounts + start for part, start in zip(parts, starts, strict=False)]),
    )
