"""Scores accounts into a save list: probability, revenue at risk, reasons and rank."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from keepwell.churn.learning.announced import AnnouncedRates
from keepwell.churn.model import Observation, Reason, Score, kind_of, rounded_probability
from keepwell.churn.predictors import Topic, cancelled_reason, open_payment_reason
from keepwell.revenue.model import rounded_to_cents

MOST_REASONS = 3
# In log-odds: a topic that moves the odds by less than a sixth is not worth a sentence.
_LEAST_CONTRIBUTION = 0.15


class ExplainedPrediction(msgspec.Struct, frozen=True):
    """A model's probability of one account, and what each topic adds to its log-odds."""

    probability: float
    contributions: Sequence[float]


class ExplainedPredictions(msgspec.Struct, frozen=True, kw_only=True):
    """The predictions of several accounts, the topics of their contributions, and the `typical` values of inputs."""

    accounts: Sequence[ExplainedPrediction]
    topics: Sequence[Topic]
    typical: Mapping[str, float]


class _Risk(msgspec.Struct, frozen=True):
    observation: Observation
    probability: Decimal
    revenue_at_risk: Fraction
    reasons: Sequence[Reason]


_ANNOUNCED = AnnouncedRates()


def score(
    observations: Sequence[Observation],
    *,
    predictions: ExplainedPredictions | None,
    base_rate: float,
    announced: AnnouncedRates = _ANNOUNCED,
) -> list[Score]:
    """The save list, most revenue at risk first, and by chance where no money is known; without predictions, everybody gets the base rate.

    Its reasons are then only what is on record. An account that has announced its end gets the rate of such accounts. The
    `predictions` are of the observations, in their order.
    """
    risks: list[_Risk] = []
    for place, seen in enumerate(observations):
        own = None if predictions is None else predictions.accounts[place]
        chance = base_rate if own is None else own.probability
        if seen.snapshot.has_cancelled:
            chance = announced.probability(seen.snapshot)
        reasons = (
            recorded_reasons(seen) if predictions is None else reasons_for(seen, predictions, place=place)
        )
        rounded = rounded_probability(chance)
        risks.append(_Risk(seen, rounded, Fraction(rounded) * seen.snapshot.mrr, reasons))
    return [_score(rank, risk) for rank, risk in enumerate(sorted(risks, key=_order), start=1)]


def total_at_risk(scores: Iterable[Score], observations: Sequence[Observation]) -> Decimal:
    """The revenue at risk of these `scores` of the observations, rounded once: what each shows does not add up to it."""
    mrr = {seen.snapshot.account_id: seen.snapshot.mrr for seen in observations}
    shares = (Fraction(rounded_probability(each.probability)) * mrr[each.account_id] for each in scores)
    return rounded_to_cents(sum(shares, Fraction()))


def reasons_for(seen: Observation, predictions: ExplainedPredictions, *, place: int) -> list[Reason]:
    """What raises the risk of the account at `place` most above the typical one, strongest first, at most three.

    A cancellation comes before all, then an open payment: they are why the account is voluntary or involuntary churn.
    """
    contributions = predictions.accounts[place].contributions
    found = recorded_reasons(seen)
    strong = [number for number, added in enumerate(contributions) if added >= _LEAST_CONTRIBUTION]
    for topic in sorted(strong, key=lambda number: -contributions[number]):
        if len(found) == MOST_REASONS:
            break
        reason = predictions.topics[topic].explain(seen, predictions.typical)
        found += [] if reason is None or reason in found else [reason]
    return found


def recorded_reasons(seen: Observation) -> list[Reason]:
    """What is on record and needs no model: a cancellation, an open payment."""
    return [reason for reason in (cancelled_reason(seen), open_payment_reason(seen)) if reason is not None]


def _order(risk: _Risk) -> tuple[float, Fraction, Fraction, Decimal, str]:
    mrr, at_risk = risk.observation.snapshot.mrr, risk.revenue_at_risk
    # Fractions are compared slowly, so only where their nearest floats are one.
    return -float(at_risk), -at_risk, -mrr, -risk.probability, risk.observation.snapshot.external_id


def _score(rank: int, risk: _Risk) -> Score:
    snapshot, values = risk.observation.snapshot, risk.observation.values
    return Score(
        rank=rank,
        account_id=snapshot.account_id,
        plan=snapshot.plan,
        mrr=rounded_to_cents(snapshot.mrr),
        probability=float(risk.probability),
        revenue_at_risk=rounded_to_cents(risk.revenue_at_risk),
        kind=kind_of(risk.observation),
        reasons=risk.reasons,
        inputs=[value if math.isfinite(value) else None for value in values.values()],
    )
