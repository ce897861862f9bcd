"""Scores observations into a save list: probability, revenue at risk, reasons and rank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from keepwell.churn.logistic import LogisticModel
from keepwell.churn.model import Observation, Reason, Score, kind_of, rounded_probability
from keepwell.churn.predictors import PREDICTORS, cancelled_reason, open_payment_reason, values_of
from keepwell.revenue.model import rounded_to_cents

_MOST_REASONS = 3
# In log-odds: an input that moves the odds by less than a sixth is not worth a sentence.
_LEAST_CONTRIBUTION = 0.15


class _Risk(msgspec.Struct, frozen=True):
    observation: Observation
    probability: Decimal
    reasons: Sequence[Reason]

    @property
    def revenue_at_risk(self) -> Fraction:
        return Fraction(self.probability) * self.observation.snapshot.mrr


def score(
    observations: Iterable[Observation], *, model: LogisticModel | None, base_rate: float
) -> list[Score]:
    """The save list, most revenue at risk first; without a model, every account gets the base rate.

    Its reasons are then only what is on record.
    """
    risks = [_risk(seen, model, base_rate=base_rate) for seen in observations]
    ranked = sorted(risks, key=_order)
    return [_score(rank, risk) for rank, risk in enumerate(ranked, start=1)]


def reasons_for(seen: Observation, model: LogisticModel) -> list[Reason]:
    """What raises this account's risk most above the typical one, strongest first, at most three."""
    contributions = zip(model.contributions(values_of(seen)), PREDICTORS, model.coefficients, strict=True)
    by_topic: dict[str, Reason] = {}
    for contribution, predictor, coefficient in sorted(contributions, key=lambda each: -each[0]):
        reason = predictor.explain(seen, coefficient.mean)
        if contribution >= _LEAST_CONTRIBUTION and reason is not None:
            by_topic.setdefault(predictor.topic, reason)
    return list(by_topic.values())[:_MOST_REASONS]


def recorded_reasons(seen: Observation) -> list[Reason]:
    """What is on record and needs no model: a cancellation, an open payment."""
    return [reason for reason in (cancelled_reason(seen), open_payment_reason(seen)) if reason is not None]


def _risk(seen: Observation, model: LogisticModel | None, *, base_rate: float) -> _Risk:
    if model is None:
        return _Risk(seen, rounded_probability(base_rate), recorded_reasons(seen))
    probability = rounded_probability(model.probability(values_of(seen)))
    return _Risk(seen, probability, reasons_for(seen, model))


def _order(risk: _Risk) -> tuple[Fraction, Fraction, str]:
    snapshot = risk.observation.snapshot
    return -risk.revenue_at_risk, -snapshot.mrr, snapshot.external_id


def _score(rank: int, risk: _Risk) -> Score:
    snapshot = risk.observation.snapshot
    return Score(
        rank=rank,
        account_id=snapshot.account_id,
        plan=snapshot.plan,
        mrr=rounded_to_cents(snapshot.mrr),
        probability=float(risk.probability),
        revenue_at_risk=rounded_to_cents(risk.revenue_at_risk),
        kind=kind_of(risk.observation),
        reasons=risk.reasons,
    )
