"""From subscriptions and events to an evaluated model and a list, on the sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from keepwell.churn.doors.subscriptions import Subscriptions
from keepwell.churn.features import midnight
from keepwell.churn.inference.account_scores import Listed, reasons_of, recorded_of
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.splits import FEWEST_DEPARTURES
from keepwell.churn.listing import score_today
from keepwell.churn.model import Score, rounded_probability
from keepwell.churn.pipeline import LearningResult
from keepwell.platform.progress import SilentProgress
from tests.unit.churn.building import event_table, span
from tests.unit.churn.businesses import TODAY, Business, daily, trained
from tests.unit.churn.inference.models import scorer_of


def test_the_judged_predictions_are_all_in_the_result(learned: LearningResult) -> None:
    seen, told = learned.evaluation, learned.held_out
    assert len(told.accounts) == len(told.days) == len(told.probabilities) == seen.snapshots
    assert min(told.days) == seen.held_out_from
    assert len(set(zip(told.accounts, told.days, strict=True))) == seen.snapshots
    # They are calibrated, so that they belong to these accounts and not to others.
    assert sum(told.probabilities) == pytest.approx(seen.churned, rel=0.5)


def at_risk(found: LearningResult) -> Decimal:
    return sum((score.revenue_at_risk for score in found.scores), Decimal())


def test_the_sample_business_shows_a_signal_that_is_neither_chance_nor_certainty(
    learned: LearningResult,
) -> None:
    seen = learned.evaluation
    assert seen.signal == "found"
    assert seen.auc is not None
    assert 0.7 < seen.auc < 0.93
    assert seen.churned >= FEWEST_DEPARTURES
    assert learned.statement.startswith("The data predict who leaves. Tested on ")
    assert "guessing does so in 50" in learned.statement
    assert seen.gain_low is not None
    assert seen.gain_low > 0


def test_probabilities_add_up_to_about_the_number_that_leaves(learned: LearningResult) -> None:
    expected = sum(score.probability for score in learned.scores)
    assert expected == pytest.approx(learned.base_rate * len(learned.scores), rel=0.5)


def test_the_riskiest_accounts_have_reasons(learned: LearningResult) -> None:
    riskiest = sorted(learned.scores, key=lambda score: -score.probability)[:10]
    assert all(score.reasons for score in riskiest)


def test_the_same_records_give_the_same_model_and_list(sample: Business, learned: LearningResult) -> None:
    again = trained(reversed(sample.spans), reversed(sample.events), rates=sample.rates)
    assert _outcome(again) == _outcome(learned)


def _outcome(learned: LearningResult) -> dict[str, object]:
    """What is kept of a training: without what it was learnt from."""
    return {name: value for name, value in msgspec.structs.asdict(learned).items() if name != "studied"}


def test_scoring_by_a_model_that_exists_makes_the_list_of_its_training(
    sample: Business, learned: LearningResult
) -> None:
    assert scored(sample, learned) == (learned.as_of, learned.scores)


def test_plans_and_kinds_of_event_that_came_after_the_training_do_not_change_what_a_model_reads(
    sample: Business, learned: LearningResult
) -> None:
    newcomers = range(9_001, 9_031)
    spans = [span("2025-06-01", account=number, plan=f"New {number % 12}") for number in newcomers]
    events = [
        (account, at + timedelta(seconds=kind), f"new_{kind}")
        for account, at, _ in daily(newcomers, start=TODAY - timedelta(days=25), days=25)
        for kind in range(12)
    ]
    more = msgspec.structs.replace(sample, spans=[*sample.spans, *spans], events=[*sample.events, *events])
    as_of, scores = scored(more, learned)
    new = {each.account_id for each in spans}
    assert {each.account_id for each in scores} >= new
    known = [msgspec.structs.replace(each, rank=0) for each in scores if each.account_id not in new]
    assert (as_of, known) == (
        learned.as_of,
        [msgspec.structs.replace(each, rank=0) for each in learned.scores],
    )


def scored(business: Business, learned: LearningResult) -> tuple[date, Sequence[Score]]:
    found = score_today(
        Subscriptions(business.spans, rates=business.rates),
        event_table(business.events),
        learned.ranking,
        today=TODAY,
        horizon_days=30,
        progress=SilentProgress(),
    )
    return found.as_of, found.scores


def test_a_model_stored_as_json_scores_the_same(learned: LearningResult) -> None:
    assert learned.model is not None
    kept = msgspec.json.decode(msgspec.json.encode(learned.model), type=FittedModel)
    values = [kept.preparation.typical(name) + 1 for name in kept.preparation.names]
    assert kept.probability(values) == learned.model.probability(values)


def test_an_account_that_is_asked_for_by_name_has_the_chance_and_the_reasons_of_its_line(
    learned: LearningResult,
) -> None:
    assert learned.model is not None
    scorer = scorer_of(learned.model)
    asked = [_listed(each, scorer.columns) for each in learned.scores]
    rows = np.array([[each.inputs[name] for name in scorer.columns] for each in asked])
    chances, added = scorer.probabilities(rows).tolist(), scorer.contributions(rows).tolist()
    for line, listed, chance, terms in zip(learned.scores, asked, chances, added, strict=True):
        found = reasons_of(
            listed, scorer, contributions=terms, as_of=learned.as_of, horizon_days=learned.horizon_days
        )
        assert found == line.reasons
        assert line.reasons[:1] == listed.recorded or line.probability == float(rounded_probability(chance))


def _listed(line: Score, names: Sequence[str]) -> Listed:
    values = [math.nan if value is None else value for value in line.inputs]
    return Listed(dict(zip(names, values, strict=True)), line.probability, recorded_of(line.reasons))


def test_events_and_ends_after_today_change_nothing(sample: Business) -> None:
    today = TODAY - timedelta(days=90)
    # What begins or ends with today is known today.
    known = [each for each in sample.spans if each.starts_on <= today]
    until_today = [
        each
        if each.ends_on is None or each.ends_on <= today
        else msgspec.structs.replace(
            each,
            ends_on=each.ends_on if each.cancelled_on is not None and each.cancelled_on < today else None,
            cancelled_on=each.cancelled_on
            if each.cancelled_on is not None and each.cancelled_on < today
            else None,
        )
        for each in known
    ]
    past = [row for row in sample.events if row[1] < midnight(today)]
    with_future = trained(sample.spans, sample.events, rates=sample.rates, today=today)
    without = trained(until_today, past, rates=sample.rates, today=today)
    assert _outcome(with_future) == _outcome(without)


def test_the_served_model_has_also_learnt_from_the_newest_month(
    sample: Business, learned: LearningResult
) -> None:
    assert learned.model is not None
    newest = learned.as_of - timedelta(days=30)
    oldest_span = min(each.starts_on for each in sample.spans if each.covers(newest))
    (tenure,) = [each for each in learned.model.preparation.inputs if each.name == "tenure_days"]
    assert tenure.high == (newest - oldest_span).days
    assert "was then fitted on all" in learned.statement
