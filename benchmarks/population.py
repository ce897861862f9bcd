"""The population compared with its reference, the effect of the treatment, and the model on the subscribers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import msgspec
import pyarrow as pa

from benchmarks.sample_spans import paying, read_spans, sample_rates
from bulwark.assets import built
from bulwark.bots.population.files import EVENTS_FOLDER
from bulwark.bots.population.odds import REFERENCE
from bulwark.bots.population.referee import Referee
from bulwark.bots.population.visitors import Visitor, visitors
from keepwell.churn.doors.subscriptions import Subscriptions
from keepwell.churn.pipeline import learn
from keepwell.platform.progress import Progress, SilentProgress, counted
from keepwell.revenue.model import months, movements
from keepwell.sample.service import DAYS, DEFAULT_ACCOUNTS, write_export

_SEED = 7
_START = datetime(2026, 1, 1, tzinfo=UTC)
_UNTIL = date(2026, 7, 1)
_OBSERVED_DAYS = 90
_RETURN_DAYS = (1, 3, 7, 14, 30)
_SPIKES = (8, 15, 23)
_MAX_STREAK = 5
_HORIZON_DAYS = 30


class Half(msgspec.Struct, frozen=True, kw_only=True):
    """One half of the players: matches per player, and the share returning on day 30, each with its standard error."""

    players: int
    matches: float
    matches_error: float
    day_30: float
    day_30_error: float


class VisitorFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Players of a free game by the reference odds, each observed for 90 days."""

    players: int
    returned: Mapping[int, float]
    leaves: Mapping[int, float]
    passes: Mapping[int, float]
    weibull_shape: float
    treated: Half
    others: Half


class BusinessFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The sample business of one seed on its last day, and the model's quality on it."""

    seed: int
    subscribers: int
    mrr: float
    events: int
    monthly_churn: float
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    churned: int
    shows_signal: bool


class PopulationFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Visitors and businesses."""

    visitors: VisitorFigures
    businesses: Sequence[BusinessFigures]


def measure(folder: Path, *, players: int, seeds: int, progress: Progress) -> PopulationFigures:
    """Simulate this many visitors, and one business per seed, in `folder`."""
    figures = measure_visitors(players, progress=progress)
    with progress.step("Businesses live", total=seeds) as step:
        businesses = [
            measure_business(folder / str(seed), seed=seed)
            for seed in counted(range(1, seeds + 1), step, every=1)
        ]
    return PopulationFigures(visitors=figures, businesses=businesses)


def measure_visitors(players: int, *, progress: Progress) -> VisitorFigures:
    """The figures the reference gives, for players who are all observed equally long."""
    referee = Referee(REFERENCE, maps=[each.id for each in built.maps()])
    # Of the players arriving within twice the period, the earlier half can be observed for all of it.
    lives = visitors(_SEED, count=players, start=_START, days=2 * _OBSERVED_DAYS, referee=referee)
    with progress.step("Simulating players", total=players) as step:
        observed = [_Observed(visitor) for visitor in counted(lives, step) if _is_early(visitor)]
    leaves, passes = _shares(observed)
    return VisitorFigures(
        players=len(observed),
        returned={day: _mean(day in each.days for each in observed) for day in _RETURN_DAYS},
        leaves=leaves,
        passes=passes,
        weibull_shape=weibull_shape([each.minutes for each in observed]),
        treated=_half([each for each in observed if each.treated]),
        others=_half([each for each in observed if not each.treated]),
    )


def measure_business(folder: Path, *, seed: int, accounts: int = DEFAULT_ACCOUNTS) -> BusinessFigures:
    """The sample of `seed`, and the model trained on it as in the demo."""
    written = write_export(folder, seed=seed, until=_UNTIL, accounts=accounts, progress=SilentProgress())
    spans, rates = read_spans(folder), sample_rates(folder)
    learned = learn(
        Subscriptions(spans, rates=rates),
        _events(folder),
        today=_UNTIL,
        horizon_days=_HORIZON_DAYS,
        progress=SilentProgress(),
    )
    start = _UNTIL - timedelta(days=DAYS)
    churned = sum(
        each.kind.value == "churn" and start <= each.on < _UNTIL for each in movements(spans, rates=rates)
    )
    opening = sum(paying(spans, first) for first, _ in months(start, _UNTIL))
    seen = learned.evaluation
    return BusinessFigures(
        seed=seed,
        subscribers=written.subscribers,
        mrr=float(sum(score.mrr for score in learned.scores)),
        events=written.events,
        monthly_churn=churned / opening,
        auc=seen.auc,
        auc_low=seen.auc_low,
        auc_high=seen.auc_high,
        churned=seen.churned,
        shows_signal=seen.signal == "found",
    )


def weibull_shape(values: Sequence[float]) -> float:
    """The maximum likelihood shape of a Weibull distribution for positive `values`, by Newton's method."""
    logs = [math.log(value) for value in values]
    mean, shape = math.fsum(logs) / len(logs), 1.0
    for _ in range(50):
        powers = [value**shape for value in values]
        total = math.fsum(powers)
        first = math.fsum(power * log for power, log in zip(powers, logs, strict=True)) / total
        second = math.fsum(power * log * log for power, log in zip(powers, logs, strict=True)) / total
        step = (1 / shape + mean - first) / (1 / shape**2 + second - first**2)
        shape += step
        if abs(step) < 1e-9:  # noqa: PLR2004  far below the precision shown
            break
    return shape


class _Observed:
    """A visitor's first 90 days."""

    def __init__(self, visitor: Visitor) -> None:
        first = visitor.visits[0].at
        visits = [visit for visit in visitor.visits if visit.at < first + timedelta(days=_OBSERVED_DAYS)]
        self.treated = visitor.player.treated
        self.sessions = [visit.session for visit in visits]
        self.days = {(visit.at.date() - first.date()).days for visit in visits}
        self.matches = sum(len(session.matches) for session in self.sessions)
        self.minutes = sum(session.seconds for session in self.sessions) / 60


def _is_early(visitor: Visitor) -> bool:
    return visitor.visits[0].at < _START + timedelta(days=_OBSERVED_DAYS)


def _shares(observed: Iterable[_Observed]) -> tuple[dict[int, float], dict[int, float]]:
    sessions = [session for each in observed for session in each.sessions]
    seen, left, tried, won = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    for session in sessions:
        streak = min(session.losing_streak, _MAX_STREAK)
        seen[streak] += 1
        left[streak] += session.leaves
        for match in session.matches:
            tried[match.level] += 1
            won[match.level] += match.decision.won
    leaves = {streak: left[streak] / seen[streak] for streak in sorted(seen)}
    return leaves, {level: won[level] / tried[level] for level in _SPIKES}


def _half(observed: Sequence[_Observed]) -> Half:
    matches = [float(each.matches) for each in observed]
    stayed = [float(max(_RETURN_DAYS) in each.days) for each in observed]
    return Half(
        players=len(observed),
        matches=_mean(matches),
        matches_error=_error(matches),
        day_30=_mean(stayed),
        day_30_error=_error(stayed),
    )


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _error(values: Sequence[float]) -> float:
    mean = _mean(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))


class _Context(msgspec.Struct, rename="camel"):
    group_id: str


class _Call(msgspec.Struct):
    event: str
    timestamp: datetime
    context: _Context


def _events(folder: Path) -> ibis.Table:
    decode = msgspec.json.Decoder(_Call).decode_lines
    calls = [
        call for file in sorted((folder / EVENTS_FOLDER).iterdir()) for call in decode(file.read_bytes())
    ]
    instants = pa.array([call.timestamp for call in calls], pa.timestamp("us", tz="UTC"))
    columns = {
        "account": pa.array([call.context.group_id for call in calls], pa.string()),
        "ts": instants,
        "event": pa.array([call.event for call in calls], pa.string()),
        "known_at": instants,
    }
    return ibis.memtable(pa.table(columns))
