"""Judges probabilities against the truth: the share of the possible, and revenue at risk."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from benchmarks.churn.model import UNTIL, Business, Moment
from benchmarks.churn.product import Told, told_by_product
from benchmarks.churn.reference import predict
from keepwell.platform.errors import CorruptData

# The save list has four places.
_LEAST = 0.5e-4
_AGREE = 0.97


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One account on one day: what the product said, what was possible, and the truth."""

    moment: Moment
    truth: float
    told: float
    reference: Mapping[str, float]


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Expected log loss per account: of one probability for all that is right on average, of the truth, and of the models.

    The `reference` by kind of model.
    """

    count: int
    base: float
    oracle: float
    model: float
    reference: Mapping[str, float]

    def share(self, loss: float) -> float:
        """How much of the way from the base to the oracle a model with that `loss` goes."""
        return (self.base - loss) / (self.base - self.oracle)

    @property
    def possible(self) -> float:
        """The share of the product's model."""
        return self.share(self.model)


class Treated(msgspec.Struct, frozen=True, kw_only=True):
    """Held-out accounts within thirty days of a contact: how many leave by the model, and by the truth without it and with it."""

    count: int
    told: float
    truth: float
    contacted: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One business. `money` is the model's revenue at risk on the held-out days over the truth's.

    `knowable` is that of who knows all that could be known on each day, and `lost` the MRR that was then lost, also over the truth's.
    `listed` is that of the model on the list of the last day, with those who have announced the end; without a signal everybody has the
    base rate on it. Of the held-out accounts `left` have left, where `expected` were to be expected.
    """

    seed: int
    accounts: int
    days: int
    shares: Shares
    money: float
    knowable: float
    lost: float
    has_signal: bool
    listed: float
    expected: float
    left: int
    treated: Treated


def judge(business: Business) -> Figures:
    """Judge what the product learns from `business`; raises CorruptData if it tells of other accounts than those who paid."""
    told = told_by_product(business)
    held_out = _held_out(business, told)
    untreated = [each for each in held_out if not each.moment.is_treated]
    listed = [each for each in _listed(business, told) if not each.moment.is_treated]
    return Figures(
        seed=business.records.seed,
        accounts=business.records.accounts,
        days=len({each.moment.day for each in held_out}),
        shares=shares(untreated),
        money=_over_truth(untreated, _told),
        knowable=_over_truth(untreated, _knowable),
        lost=_over_truth(untreated, lambda each: float(each.moment.left)),
        has_signal=told.has_signal,
        listed=_over_truth(listed, _told),
        expected=math.fsum(each.truth for each in untreated),
        left=sum(each.moment.left for each in untreated),
        treated=_treated([each for each in held_out if each.moment.is_treated]),
    )


def shares(judged: Sequence[Judged]) -> Shares:
    """The expected log losses; entropy is corrected for what finitely many forks take from it (Miller 1955)."""
    mean = math.fsum(each.truth for each in judged) / len(judged)
    names = judged[0].reference
    return Shares(
        count=len(judged),
        base=loss(mean, mean),
        oracle=_mean(_entropy(each.moment) for each in judged),
        model=_mean(loss(each.told, each.truth) for each in judged),
        reference={name: _mean(loss(each.reference[name], each.truth) for each in judged) for name in names},
    )


def loss(told: float, truth: float) -> float:
    """The expected log loss of the probability `told` if `truth` is the true one, in nats."""
    told = min(max(told, _LEAST), 1 - _LEAST)
    return -truth * math.log(told) - (1 - truth) * math.log1p(-told)


def _entropy(moment: Moment) -> float:
    truth = min(max(moment.truth or 0.0, 0.0), 1.0)
    if not 0 < truth < 1:
        return 0.0
    certain = -truth * math.log(truth) - (1 - truth) * math.log1p(-truth)
    return certain + (moment.error or 0.0) ** 2 / (2 * truth * (1 - truth))


def _held_out(business: Business, told: Told) -> list[Judged]:
    """The accounts that had not announced their end, on the days that the product predicts."""
    moments = business.records.moments
    days = sorted({day for _, day in told.held_out})
    reference = {day: predict(moments, day) for day in days}
    paying = [each for each in moments if each.day in reference and not each.has_announced]
    return [
        Judged(
            moment=each,
            truth=each.truth,
            told=told.held_out[each.account, each.day],
            reference={name: of[each.account] for name, of in reference[each.day].items()},
        )
        for each in _known(paying, {(account, day) for account, day in told.held_out})
        if each.truth is not None
    ]


def _listed(business: Business, told: Told) -> list[Judged]:
    paying = [each for each in business.records.moments if each.day == UNTIL]
    return [
        Judged(moment=each, truth=each.truth, told=told.listed[each.account], reference={})
        for each in _known(paying, {(account, UNTIL) for account in told.listed})
        if each.truth is not None
    ]


def _known(paying: Sequence[Moment], told: Collection[tuple[str, date]]) -> list[Moment]:
    """Those of whom the product tells: not of who was lost over a payment on that very day, nor of who began on it."""
    known = [each for each in paying if (each.account, each.day) in told]
    if len(known) < _AGREE * max(len(paying), len(told)):
        hint = "The bench and the product disagree about who pays on a day, or who has announced the end."
        raise CorruptData(
            f"The product tells of {len(told)} accounts and days, {len(paying)} paid.", hint=hint
        )
    return known


def _treated(judged: Sequence[Judged]) -> Treated:
    return Treated(
        count=len(judged),
        told=math.fsum(each.told for each in judged),
        truth=math.fsum(each.truth for each in judged),
        contacted=math.fsum(each.moment.contacted or 0.0 for each in judged),
    )


def _told(each: Judged) -> float:
    return each.told


def _knowable(each: Judged) -> float:
    return each.truth if each.moment.knowable is None else each.moment.knowable


def _over_truth(judged: Sequence[Judged], chance: Callable[[Judged], float]) -> float:
    """The MRR that would be lost by these chances, over that by the true ones."""
    told = math.fsum(chance(each) * each.moment.mrr for each in judged)
    return told / math.fsum(each.truth * each.moment.mrr for each in judged)


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed)
