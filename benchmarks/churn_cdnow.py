"""The door of inactivity, with its defaults, on the purchases of a real shop: a list of one day, judged by what came after.

CDNOW's log (69,659 purchases of 23,570 customers in 1997 and 1998) is not part of this repository; `KEEPWELL_REAL_DATA` names
its folder. What the day of the list did not know, the training never reads.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import ibis
import msgspec
import numpy as np
import pyarrow as pa

from benchmarks.churn_tables import DATA
from keepwell.churn.doors.inactivity import Inactivity
from keepwell.churn.doors.model import DEFAULT_ACTIVE_WITHIN, DEFAULT_INACTIVE_AFTER, KnownAccount
from keepwell.churn.features import midnight
from keepwell.churn.learning.estimators.fitting import fit
from keepwell.churn.learning.fitted.batches import probabilities
from keepwell.churn.learning.judgement import (
    LabelledPredictions,
    behind,
    judgement_of,
    log_losses,
    weighted_auc,
)
from keepwell.churn.learning.ladder import recent
from keepwell.churn.pipeline import LearningResult, learn
from keepwell.churn.report import RUNGS, Interval, RungName
from keepwell.platform.progress import Progress

FILE = DATA / "cdnow_transactions.csv.gz"
DAY = date(1998, 4, 1)
LEAST_AUC, MOST_LOG_LOSS = 0.727, 0.584

_SEED = 7
_RESAMPLES = 1000
_EVENT = "purchase"


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """The RFM logistic on the same customers and day, learnt from the latest `history_days` or from everything.

    Differences are the list's figure less its own, by a bootstrap over customers.
    """

    history_days: int | None
    auc: float
    log_loss: float
    auc_difference: Interval
    log_loss_difference: Interval

    @property
    def is_beaten(self) -> bool:
        """Whether both differences exclude 0, in favour of the list."""
        return self.auc_difference.low > 0 and self.log_loss_difference.high < 0


class ShopFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The list of the day: its customers, how many of them bought nothing in the horizon, and how well its chances said so."""

    as_of: date
    customers: int
    quiet: int
    rung: RungName
    history_days: int | None
    snapshots: int
    auc: Interval
    log_loss: Interval
    log_loss_base: float
    calibration: Interval
    money: Interval | None
    rivals: Sequence[Rival]

    @property
    def passes(self) -> bool:
        """Whether what is promised holds: against the RFM logistic as it is usually fitted, on everything."""
        is_good = self.auc.value >= LEAST_AUC and self.log_loss.value <= MOST_LOG_LOSS
        return is_good and self.rivals[0].is_beaten


def measure(file: Path, *, progress: Progress) -> ShopFigures:
    """Learn as of the day from what was known then, and judge that day's list by the days after it."""
    purchases = read_purchases(file)
    known = [each for each in purchases if each[1] < DAY]
    names = sorted({account for account, *_ in known})
    accounts = [KnownAccount(UUID(int=number), name) for number, name in enumerate(names, start=1)]
    learned = learn(
        Inactivity(accounts, active_within_days=DEFAULT_ACTIVE_WITHIN),
        _events(known),
        today=DAY,
        horizon_days=DEFAULT_INACTIVE_AFTER,
        progress=progress,
        rungs=RUNGS,
    )
    until = DAY + timedelta(days=DEFAULT_INACTIVE_AFTER)
    back = {account for account, day, _ in purchases if DAY <= day < until}
    return _figures(learned, {each.account_id: each.external_id not in back for each in accounts})


def read_purchases(file: Path) -> list[tuple[str, date, float]]:
    """The customer, day and amount of each purchase."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        return [
            (row["account_id"], date.fromisoformat(row["date"]), float(row["amount"]))
            for row in csv.DictReader(stream)
        ]


def _events(purchases: Sequence[tuple[str, date, float]]) -> ibis.Table:
    instants: list[datetime] = [midnight(day) for _, day, _ in purchases]
    kind = pa.timestamp("us", tz="UTC")
    return ibis.memtable(
        pa.table(
            {
                "account": pa.array([account for account, *_ in purchases], pa.string()),
                "ts": pa.array(instants, kind),
                "event": pa.array([_EVENT] * len(purchases), pa.string()),
                "known_at": pa.array(instants, kind),
                "properties": pa.array([f'{{"amount": {amount}}}' for *_, amount in purchases], pa.string()),
            }
        )
    )


def _figures(learned: LearningResult, is_quiet: Mapping[UUID, bool]) -> ShopFigures:
    chance_of = {each.account_id: each.probability for each in learned.scores}
    listed = [each.snapshot.account_id for each in learned.studied.current]
    chances = np.array([chance_of[each] for each in listed])
    labels = np.array([is_quiet[each] for each in listed], dtype=np.int64)
    made = LabelledPredictions(
        chances=chances,
        base=np.full(len(chances), learned.base_rate),
        labels=labels,
        accounts=np.arange(len(chances)),
        mrr=np.array([float(each.snapshot.mrr) for each in learned.studied.current]),
    )
    found = judgement_of(made, seed=_SEED)
    assert learned.report is not None  # noqa: S101  for mypy: there is more than enough to test
    history = learned.report.history_days
    learnt = recent(learned.studied.split.table, None, days=history)
    return ShopFigures(
        as_of=learned.as_of,
        customers=len(chances),
        quiet=int(labels.sum()),
        rung=learned.report.chosen,
        history_days=history,
        snapshots=len(learnt.labels),
        auc=_rounded(found.auc),
        log_loss=_rounded(found.log_loss),
        log_loss_base=round(found.log_loss_base, 4),
        calibration=_rounded(found.calibration),
        money=None if found.money is None else _rounded(found.money),
        rivals=[_rival(learned, made, history_days=days) for days in dict.fromkeys((None, history))],
    )


def _rival(learned: LearningResult, made: LabelledPredictions, *, history_days: int | None) -> Rival:
    studied = learned.studied
    model = fit(recent(studied.split.table, None, days=history_days), "rfm")
    chances = probabilities(model, studied.inputs)
    ours, theirs = (weighted_auc(each, made.labels) for each in (made.chances, chances))
    losses = log_losses(made.chances, made.labels), log_losses(chances, made.labels)
    everybody = np.ones(len(chances))
    return Rival(
        history_days=history_days,
        auc=round(theirs(everybody), 4),
        log_loss=round(float(losses[1].mean()), 4),
        auc_difference=_rounded(_paired(ours, theirs, size=len(chances))),
        log_loss_difference=_rounded(behind(*losses, accounts=made.accounts, seed=_SEED).interval),
    )


def _paired(
    ours: Callable[[np.ndarray], float], theirs: Callable[[np.ndarray], float], *, size: int
) -> Interval:
    """The difference of two areas with 95 % of a bootstrap in which both see the same customers."""
    random = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(_RESAMPLES):
        weights = np.bincount(random.integers(0, size, size), minlength=size)
        drawn.append(ours(weights) - theirs(weights))
    low, high = np.percentile(drawn, (2.5, 97.5)).tolist()
    everybody = np.ones(size)
    return Interval(ours(everybody) - theirs(everybody), low, high)


def _rounded(found: Interval) -> Interval:
    return Interval(*(round(each, 4) for each in (found.value, found.low, found.high)))
