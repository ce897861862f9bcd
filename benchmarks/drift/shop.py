"""A simulated shop: accounts with a hidden risk, a model that is learnt from its past, and a list every night.

Nothing of the product decides what happens: departures are drawn day by day from the true chance of each account.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec
import numpy as np

from keepwell.churn.drift.model import DAYS_BETWEEN_LOOKS, PROBABILITY, DriftReference
from keepwell.churn.drift.reference import reference_of
from keepwell.churn.live.betting import log_odds, spread_by

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector, Whole

HORIZON_DAYS = 30
DAYS_PER_YEAR = 365
FIRST_DAY = date(2025, 1, 1)
NAMES = (
    "active_days", "sessions", "days_since_active", "seats", "tenure_days", "days_to_renewal", "is_annual", "tickets",
    "report_views", "payments_failed", "mrr", "plan_changes",
)  # fmt: skip
# What the simulated model reads: the risk's traces, and some noise.
_READ = ("active_days", "days_since_active", "seats", "tickets", "is_annual", "report_views")
_BASE_RATE = 0.045
_RISK = 1.1
_PERSISTS = 0.9946  # a day: .85 a month
_RENEWS = 30
_ANNUAL_FROM = 0.8
Change = Literal["none", "level", "decay", "inputs", "tracker", "unknown", "season"]


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """What a shop's year is like: so many `accounts`, months of `history` before, and a `change` from the live day `since` on.

    A "level" multiplies the odds of leaving by `by`; "decay" takes all meaning from the inputs, while as many leave as before. "inputs" makes the
    accounts other ones, about whom the model is as right as before; "tracker" loses half of what is used, and "unknown" makes an input unknown for
    half of the accounts. `shock` is how far months move all accounts together, in log-odds.
    """

    accounts: int
    history: int = 18
    change: Change = "none"
    by: float = 1.0
    since: int = 0
    shock: float = 0.0


class Night(NamedTuple):
    """A list: the inputs of every account, its probability, its number, and whether it left within the horizon."""

    day: int
    inputs: Matrix
    chances: Vector
    accounts: Whole
    left: Whole


class Lived(NamedTuple):
    """A year of a shop: its lists, and of what the model was learnt from its reference, and the number that left."""

    nights: Sequence[Night]
    reference: DriftReference
    departed: int


def live(year: Year, *, seed: int) -> Lived:
    """Live through the history and a year with a list every night, of which those are kept that somebody looks at.

    The last horizon after it is lived too, so that every list is known.
    """
    random = np.random.default_rng(seed)
    shop = _Shop(year, random, seed=seed)
    months = [shop.list_on(day) for day in range(-HORIZON_DAYS * year.history, 0, HORIZON_DAYS)]
    departures = shop.departures
    past = [_night(*each, departures=departures) for each in months]
    model = _Model(past)
    nights = []
    for day in [day for day in range(DAYS_PER_YEAR) if _is_read(day)]:
        _, inputs, accounts = shop.list_on(day)
        nights.append((day, inputs, accounts, model.chances(inputs)))
    shop.list_on(DAYS_PER_YEAR + HORIZON_DAYS)
    rows = np.concatenate([each.inputs for each in past])
    reference = reference_of(
        [*(NAMES[place] for place in model.read), PROBABILITY],
        [*rows[:, model.read].T, model.chances(rows)],
        days=np.concatenate([np.full(len(each.left), FIRST_DAY.toordinal() + each.day) for each in past]),
        accounts=np.concatenate([each.accounts for each in past]),
    )
    return Lived(
        nights=[
            _night(day, inputs, accounts, departures=shop.departures)._replace(chances=chances)
            for day, inputs, accounts, chances in nights
        ],
        reference=reference,
        departed=sum(int(each.left.sum()) for each in past),
    )


def _is_read(day: int) -> bool:
    """Whether anything reads the list of the day: every list is made in the same way, and most are looked at by nobody."""
    return day % HORIZON_DAYS == 0 or day % DAYS_BETWEEN_LOOKS == 0


def values_of(night: Night, reference: DriftReference) -> dict[str, Vector]:
    """A night's inputs by name, with its probabilities, as far as the reference has them."""
    columns = dict(zip(NAMES, night.inputs.T, strict=True)) | {PROBABILITY: night.chances}
    return {each.name: columns[each.name] for each in reference.inputs}


class _Shop:
    """The accounts as they are on a day; `departures` has the day on which each account's number left."""

    def __init__(self, year: Year, random: np.random.Generator, *, seed: int) -> None:
        self._year, self._random, self._seed = year, random, seed
        self._day = -HORIZON_DAYS * year.history - 1
        self._numbers = np.arange(year.accounts)
        self._next = year.accounts
        self.departures: dict[int, int] = {}
        size = year.accounts
        self._risk = random.normal(size=size)
        self._traits = random.normal(size=(size, 4))
        self._habits = random.normal(size=(size, 4))
        self._began = self._day - random.exponential(400, size=size).astype(int)
        odds = log_odds(np.full(20_000, _BASE_RATE)) + _RISK * np.random.default_rng(0).normal(size=20_000)
        self._intercept = _level_of(odds, _BASE_RATE)
        self._shock = 0.0

    def list_on(self, day: int) -> tuple[int, Matrix, Whole]:
        """Live until the day, and say what is seen of each account at its start."""
        while self._day < day:
            self._live_a_day()
        return day, self._inputs(), self._numbers.copy()

    def _live_a_day(self) -> None:
        self._day += 1
        random, size = self._random, len(self._numbers)
        if self._day % HORIZON_DAYS == 0:
            self._shock = self._year.shock * random.normal()
        stays = (1 - self._chances()) ** (1 / HORIZON_DAYS)
        left = np.flatnonzero(random.random(size) > stays)
        # An account is seen at the start of a day, and leaves in its course: the list of that day has it.
        self.departures.update({int(number): self._day for number in self._numbers[left]})
        fresh = np.sqrt(1 - _PERSISTS**2)
        self._risk = _PERSISTS * self._risk + fresh * random.normal(size=size)
        self._habits = _PERSISTS * self._habits + fresh * random.normal(size=self._habits.shape)
        self._risk[left] = random.normal(size=len(left))
        self._traits[left] = random.normal(size=(len(left), 4))
        self._habits[left] = random.normal(size=(len(left), 4))
        self._began[left] = self._day
        self._numbers[left] = np.arange(self._next, self._next + len(left))
        self._next += len(left)

    def _chances(self) -> Vector:
        odds: Vector = self._intercept + _RISK * self._risk + self._shock
        year = self._year
        if self._day >= year.since and self._day >= 0:
            if year.change == "level":
                odds = odds + np.log(year.by)
            elif year.change == "decay":
                odds = spread_by(odds, 0.0)
        chances: Vector = 1 / (1 + np.exp(-odds))
        return chances

    def _inputs(self) -> Matrix:
        # Apart from what decides who leaves, so that a change of inputs changes nothing else.
        random, size, year = (
            np.random.default_rng((self._day + 10_000, self._seed)),
            len(self._numbers),
            self._year,
        )
        use = 12 - 5 * self._risk + 3 * self._habits[:, 0]
        changes = self._day >= year.since and self._day >= 0
        if year.change == "season":
            use = use + 2 * np.sin(2 * np.pi * self._day / DAYS_PER_YEAR)
        if changes and year.change == "tracker":
            use = use / 2
        active = np.clip(np.round(use), 0, 30)
        unknown = self._traits[:, 3] > (0.0 if changes and year.change == "unknown" else 1.0)
        other = year.by if changes and year.change == "inputs" else 1.0
        views = np.where(unknown, np.nan, np.round(np.exp(1 + self._habits[:, 2])))
        return np.column_stack([
            active,
            np.round(active * np.exp(0.5 * self._habits[:, 1])),
            np.clip(np.round(np.exp(1.0 + self._risk + 0.5 * self._habits[:, 3])), 0, 60),
            np.ceil(other * np.exp(1.5 + self._traits[:, 0])),
            self._day - self._began,
            (self._began - self._day) % _RENEWS,
            (self._traits[:, 1] > _ANNUAL_FROM).astype(float),
            random.poisson(0.15, size=size),
            views,
            random.poisson(0.05, size=size),
            np.round(other * 20 * np.exp(1 + 0.8 * self._traits[:, 2])),
            random.poisson(0.02, size=size),
        ])  # fmt: skip


class _Model:
    """A logistic regression on what was seen of the past."""

    def __init__(self, past: Sequence[Night]) -> None:
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  slow to import

        self.read = [NAMES.index(name) for name in _READ]
        rows = np.concatenate([each.inputs for each in past])[:, self.read]
        self._low, self._high = np.nanmin(rows, axis=0), np.nanmax(rows, axis=0)
        logs = np.log1p(rows)
        self._mean, self._scale = np.nanmean(logs, axis=0), np.nanstd(logs, axis=0)
        fitted = LogisticRegression(C=1.0).fit(
            self._prepared(rows), np.concatenate([each.left for each in past])
        )
        self._weights, self._intercept = fitted.coef_[0], float(fitted.intercept_[0])

    def chances(self, inputs: Matrix) -> Vector:
        chances: Vector = 1 / (
            1 + np.exp(-(self._prepared(inputs[:, self.read]) @ self._weights + self._intercept))
        )
        return chances

    def _prepared(self, rows: Matrix) -> Matrix:
        prepared: Matrix = (np.log1p(np.clip(rows, self._low, self._high)) - self._mean) / self._scale
        return np.nan_to_num(prepared)


def _night(day: int, inputs: Matrix, accounts: Whole, *, departures: dict[int, int]) -> Night:
    left_on = np.array([departures.get(number, day + 10**6) for number in accounts.tolist()])
    return Night(
        day, inputs, np.zeros(len(accounts)), accounts, (left_on - day < HORIZON_DAYS).astype(np.int64)
    )


def _level_of(odds: Vector, rate: float) -> float:
    """The log-odds of an account of no particular risk, so that the share that leaves is `rate`."""
    spread = odds - odds.mean()
    low, high = -10.0, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if (1 / (1 + np.exp(-(spread + middle)))).mean() > rate else (middle, high)
    return low
