"""The one estimator of the whole product: what acting on accounts changed, against those that were left alone by chance."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean
from uuid import UUID

from keepwell.platform.effects.always_valid import always_valid
from keepwell.platform.effects.ancova import Estimate, lin
from keepwell.platform.effects.model import ArmCounts, Arms, Effect, Enrolled, Interval, SampleRatio
from keepwell.platform.effects.proportions import Share, Z, binomial_p_value, newcombe

# Below either, the regression's interval covers the truth too rarely.
FEWEST_ENROLLED, FEWEST_OF_AN_ARM = 120, 20
# An interval that holds at every look is looked at early as well, where the regression takes its error for too small: of 500 simulated
# shops of 300 accounts, a fifth held, 7.0 % claimed an effect that was not there with 20 accounts in an arm.
FEWEST_FOR_EVERY_LOOK = 40
_POWER = 0.8


def effect_on_share(cases: Sequence[Enrolled], *, held_share: float) -> Effect:
    """The effect on the share of cases with the outcome 1, in the order in which they were opened; `held_share` is that of the draw."""
    arms = _arms(cases)
    adjusts = _is_large(arms)
    interval = always = None
    if all(arms):
        found = _of_regression(lin(cases)) if adjusts else newcombe(_share(arms.acted), _share(arms.held))
        interval = _of_shares(found)
        always = _of_shares(always_valid(_of_every_look(cases, arms)))
    return _effect(
        arms, interval, always, adjusts=adjusts, sample_ratio=sample_ratio(cases, held_share=held_share)
    )


def effect_on_amount(cases: Sequence[Enrolled], *, held_share: float) -> Effect:
    """The effect on the mean of amounts; without an interval while there are too few cases for one."""
    arms = _arms(cases)
    found = lin(cases) if _is_large(arms) else None
    interval = None if found is None else _of_regression(found)
    has_enough = min(len({each.account_id for each in arm}) for arm in arms) >= FEWEST_FOR_EVERY_LOOK
    always = None if found is None or not has_enough else always_valid(found)
    return _effect(
        arms, interval, always, adjusts=True, sample_ratio=sample_ratio(cases, held_share=held_share)
    )


def sample_ratio(cases: Sequence[Enrolled], *, held_share: float) -> SampleRatio:
    """The split of the accounts, each by its first case: the later ones of an account are in the same arm, and no draws of their own."""
    first: dict[UUID, bool] = {}
    for each in cases:
        first.setdefault(each.account_id, each.is_held)
    held = sum(first.values())
    return SampleRatio(held, len(first), held_share, binomial_p_value(held, len(first), expected=held_share))


def smallest_visible(base: float, *, enrolled: float, held_share: float) -> float | None:
    """The smallest reduction of the rate `base` that so many cases would show in four of five experiments, as a share of `base`.

    By the normal approximation for somebody who looks once; None if not even a reduction to zero would show, or nobody is held.
    """
    held, acted = enrolled * held_share, enrolled * (1 - held_share)
    if min(held, acted) < 1 or not 0 < base < 1:
        return None
    spread = sqrt(base * (1 - base) * (1 / held + 1 / acted))
    visible = (Z + NormalDist().inv_cdf(_POWER)) * spread / base
    return visible if visible <= 1 else None


def _effect(
    arms: Arms,
    interval: Interval | None,
    always: Interval | None,
    *,
    adjusts: bool,
    sample_ratio: SampleRatio,
) -> Effect:
    return Effect(
        acted=_counts(arms.acted),
        held=_counts(arms.held),
        method="ancova" if adjusts else "newcombe",
        interval=interval,
        always_valid=always,
        sample_ratio=sample_ratio,
    )


def _arms(cases: Sequence[Enrolled]) -> Arms:
    return Arms([each for each in cases if not each.is_held], [each for each in cases if each.is_held])


def _is_large(arms: Arms) -> bool:
    sizes = len(arms.acted), len(arms.held)
    return sum(sizes) >= FEWEST_ENROLLED and min(sizes) >= FEWEST_OF_AN_ARM


def _counts(arm: Sequence[Enrolled]) -> ArmCounts:
    return ArmCounts(len(arm), fmean(each.outcome for each in arm) if arm else None)


def _share(arm: Sequence[Enrolled]) -> Share:
    return Share(round(sum(each.outcome for each in arm)), len(arm))


def _of_every_look(cases: Sequence[Enrolled], arms: Arms) -> Estimate:
    if not _is_large(arms):
        return _smoothed(arms)
    found = lin(cases)
    if min(len({each.account_id for each in arm}) for arm in arms) >= FEWEST_FOR_EVERY_LOOK:
        return found
    return max(found, _smoothed(arms), key=lambda each: each.standard_error)


def _of_regression(found: Estimate) -> Interval:
    half = Z * found.standard_error
    return Interval(found.difference, found.difference - half, found.difference + half)


def _of_shares(found: Interval) -> Interval:
    """The interval without what no difference of two shares can be; what is cut off never held the truth."""
    return Interval(found.value, max(found.low, -1.0), min(found.high, 1.0))


def _smoothed(arms: Arms) -> Estimate:
    """The difference of few cases, with one of each outcome added to either arm (Agresti and Caffo 2000): no arm is certain."""
    shares = [Share(found.hits + 1, found.of + 2) for found in map(_share, arms)]
    acted, held = (each.value for each in shares)
    variance = sum(each.value * (1 - each.value) / each.of for each in shares)
    accounts = {each.account_id for arm in arms for each in arm}
    return Estimate(acted - held, sqrt(variance), len(accounts))
