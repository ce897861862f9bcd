"""Runs of businesses whose truth is known: how often intervals contain it, and how often an effect is claimed that is not there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from statistics import fmean

import msgspec

from benchmarks.outcomes.pool import MONTHS, UNTIL, PooledCase, PooledLife, lives_of
from keepwell.churn.cases.episodes.deciding import Decision
from keepwell.churn.cases.model import Arm
from keepwell.churn.outcomes.enrolment import Setting
from keepwell.churn.outcomes.measuring import outcomes
from keepwell.churn.outcomes.model import Bounds, CaseFigures, Experiment
from keepwell.platform.progress import Progress, counted

_HELD = 0.5
_DAYS_A_LOOK = 30
# Accounts of the businesses that are put together of those of several.
_LARGE = 6


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """Businesses of a size that followed up: how often intervals contain the planted effect, and what was concluded.

    `truth` is the share that stayed because of the arm, from the same accounts without the contact; money is a case and month.
    """

    accounts: int
    runs: int
    cases: float
    truth: float
    by_regression: float
    once: float
    always_valid: float
    money_truth: float
    money_runs: int
    money_once: float | None
    fewer_left: int
    more_left: int


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """Businesses without any effect that are looked at in each of 24 months: how many claim one at any look."""

    accounts: int
    runs: int
    held_share: float
    cases: float
    claimed: int
    claimed_by_one_look: int


class OutcomeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Both, and what the simulation took."""

    covered: Sequence[Covered]
    claimed: Sequence[Claimed]
    seconds: float


def measure(*, runs: int, accounts: int, progress: Progress) -> OutcomeFigures:
    """As many businesses with as many accounts as asked for, and as many larger ones put together of their accounts."""
    started = time.monotonic()
    with progress.step("Living two years twice", total=runs) as step:
        businesses = [list(lives_of(seed, accounts=accounts)) for seed in counted(range(1, runs + 1), step)]
    lives = [life for business in businesses for life in business]
    random = Random(runs * accounts)  # noqa: S311  a simulation, not a secret
    size = min(accounts * _LARGE, len(lives))
    larger = [random.sample(lives, size) for _ in range(runs)]
    # An account's first case only: what became of its second depends on what was done in the first.
    first = [life.cases[0] for life in lives if life.cases]
    truth, money = _planted(first)
    return OutcomeFigures(
        covered=[_covered(each, truth=truth, money=money) for each in (businesses, larger)],
        claimed=[
            _claimed(each, held_share=share, progress=progress)
            for each in (businesses, larger)
            for share in (0.5, 0.2)
        ],
        seconds=time.monotonic() - started,
    )


def _planted(cases: Iterable[PooledCase]) -> tuple[float, float]:
    """What acting did to the share that stayed, and to the MRR kept, a case, by the same luck without the contact."""
    acted = [each for each in cases if each.arm == "act"]
    stayed = fmean(_stayed(each.found) - _stayed(each.without) for each in acted)
    return stayed, fmean(_lost(each.without) - _lost(each.found) for each in acted)


def _covered(businesses: Sequence[Sequence[PooledLife]], *, truth: float, money: float) -> Covered:
    found = [
        _measured([life.cases[0] for life in each if life.cases], held_share=_HELD) for each in businesses
    ]
    once = [each.stayed for each in found if each.stayed is not None]
    always = [each.always_valid for each in found if each.always_valid is not None]
    amounts = [each.saved.per_case for each in found if each.saved.per_case is not None]
    kept = [float(each.amount_low) <= money <= float(each.amount_high) for each in amounts]
    return Covered(
        accounts=len(businesses[0]),
        runs=len(found),
        cases=fmean(each.acted.cases + each.held.cases for each in found),
        truth=truth,
        by_regression=fmean(each.method == "ancova" for each in found),
        once=fmean(_contains(each, truth) for each in once),
        always_valid=fmean(_contains(each, truth) for each in always),
        money_truth=money,
        money_runs=len(kept),
        money_once=fmean(kept) if kept else None,
        fewer_left=sum(each.verdict == "fewer_left" for each in found),
        more_left=sum(each.verdict == "more_left" for each in found),
    )


def _claimed(businesses: Sequence[Sequence[PooledLife]], *, held_share: float, progress: Progress) -> Claimed:
    claimed, by_one_look, sizes = 0, 0, []
    with progress.step(f"Looking every month, {held_share:.0%} held", total=len(businesses)) as step:
        for number, lives in enumerate(counted(businesses, step, every=1)):
            cases = _drawn(lives, held_share=held_share, seed=f"{number}/{held_share}")
            looks = [
                _measured([each for each in cases if each.ends_on < day], held_share=held_share)
                for day in _looks()
                if any(each.ends_on < day for each in cases)
            ]
            claimed += any(each.verdict in {"fewer_left", "more_left"} for each in looks)
            by_one_look += any(
                each.stayed is not None and (each.stayed.low > 0 or each.stayed.high < 0) for each in looks
            )
            sizes.append(len(cases))
    return Claimed(
        accounts=len(businesses[0]),
        runs=len(businesses),
        held_share=held_share,
        cases=fmean(sizes),
        claimed=claimed,
        claimed_by_one_look=by_one_look,
    )


def _drawn(lives: Iterable[PooledLife], *, held_share: float, seed: str) -> list[PooledCase]:
    """All cases of the world without contacts, in arms that mean nothing: by account, as the product draws them."""
    random = Random(seed)  # noqa: S311  a simulation, not a secret
    drawn: list[PooledCase] = []
    for life in lives:
        arm: Arm = "hold" if random.random() < held_share else "act"
        drawn += [each._replace(arm=arm) for each in life.without]
    return drawn


def _looks() -> list[date]:
    return [UNTIL - timedelta(days=_DAYS_A_LOOK * back) for back in reversed(range(MONTHS))]


def _measured(cases: Sequence[PooledCase], *, held_share: float) -> Experiment:
    """What the product says of the cases."""
    figures = [
        CaseFigures(
            each.account_id,
            each.opened_on,
            each.arm,
            held_share,
            None,
            each.mrr,
            each.found.outcome,
            each.found.mrr_lost,
            each.contacts,
        )
        for each in sorted(cases, key=lambda each: (each.opened_on, each.account_id))
    ]
    found = outcomes(figures, Setting("USD", None, held_share), newest=None, today=UNTIL)
    return found.experiments[0]


def _contains(bounds: Bounds, truth: float) -> bool:
    return bounds.low <= truth <= bounds.high


def _stayed(decision: Decision) -> float:
    return float(decision.outcome != "left")


def _lost(decision: Decision) -> float:
    return float(decision.mrr_lost or 0)
