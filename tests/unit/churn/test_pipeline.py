"""From subscriptions and events to an evaluated model: with signal, without signal, and with hardly any data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

import msgspec
import pytest

from benchmarks.sample_spans import read_spans, sample_rates
from keepwell.churn.evaluation import FEWEST_DEPARTURES
from keepwell.churn.features import midnight
from keepwell.churn.logistic import LogisticModel
from keepwell.churn.model import NothingToScore, PaymentProblem, TooLittleHistory
from keepwell.churn.pipeline import BillingRecords, LearningResult, learn
from keepwell.platform.progress import SilentProgress
from keepwell.revenue.model import PayingSpan, Rates
from keepwell.sample.files import BusinessSummary
from tests.conftest import SAMPLE_UNTIL
from tests.unit.churn.building import USD, EventRow, event_table, span
from tests.unit.sample.reading import event_rows

TODAY = SAMPLE_UNTIL
START = date(2024, 7, 1)


class Business(msgspec.Struct, frozen=True):
    spans: Sequence[PayingSpan]
    events: Sequence[EventRow]
    rates: Rates = USD


@pytest.fixture(scope="module")
def sample(sample_business: BusinessSummary) -> Business:
    folder = sample_business.folder
    return Business(read_spans(folder), event_rows(folder), sample_rates(folder))


@pytest.fixture(scope="module")
def learned(sample: Business) -> LearningResult:
    return trained(sample.spans, sample.events, rates=sample.rates)


def trained(
    spans: Iterable[PayingSpan],
    events: Iterable[EventRow] = (),
    *,
    rates: Rates = USD,
    today: date = TODAY,
) -> LearningResult:
    return learn(
        spans, event_table(events), rates=rates, today=today, horizon_days=30, progress=SilentProgress()
    )


def stayers(count: int, *, start: date = START) -> list[PayingSpan]:
    return [span(start.isoformat(), account=number, amount=number) for number in range(1, count + 1)]


def daily(accounts: Iterable[int], *, start: date = START, days: int = 364) -> list[EventRow]:
    return [
        (f"A-{account:04}", midnight(start + timedelta(days=day)), "login")
        for account in accounts
        for day in range(days)
    ]


def coin_flippers(rng: Random, *, announced: bool = False) -> Business:
    """Accounts whose departures are independent of their events; if announced, up to 49 days before."""
    spans, events = [], []
    for number in range(1, 301):
        months = next((month for month in range(1, 12) if rng.random() < 0.07), None)
        end = None if months is None else START + timedelta(days=30 * months)
        cancelled = end - timedelta(days=number * 7 % 50) if end is not None and announced else None
        ends_on, cancelled_on = (None if day is None else day.isoformat() for day in (end, cancelled))
        spans.append(
            span(START.isoformat(), ends_on, cancelled_on=cancelled_on, account=number, amount=number)
        )
        events += [
            (f"A-{number:04}", midnight(START) + timedelta(hours=rng.randrange(24 * 365)), "login")
            for _ in range(60)
        ]
    return Business(spans, events)


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


def test_probabilities_add_up_to_about_the_number_that_leaves(learned: LearningResult) -> None:
    expected = sum(score.probability for score in learned.scores)
    assert expected == pytest.approx(learned.base_rate * len(learned.scores), rel=0.5)


def test_the_riskiest_accounts_have_reasons(learned: LearningResult) -> None:
    riskiest = sorted(learned.scores, key=lambda score: -score.probability)[:10]
    assert all(score.reasons for score in riskiest)


def test_the_same_records_give_the_same_model_and_list(sample: Business, learned: LearningResult) -> None:
    again = trained(reversed(sample.spans), reversed(sample.events), rates=sample.rates)
    assert msgspec.json.encode(again) == msgspec.json.encode(learned)


def test_a_model_stored_as_json_scores_the_same(learned: LearningResult) -> None:
    assert learned.model is not None
    kept = msgspec.json.decode(msgspec.json.encode(learned.model), type=LogisticModel)
    values = [coefficient.mean + 1 for coefficient in kept.coefficients]
    assert kept.probability(values) == learned.model.probability(values)


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
    assert msgspec.json.encode(with_future) == msgspec.json.encode(without)


def test_departures_by_coin_flip_show_no_signal_and_the_list_says_so() -> None:
    business = coin_flippers(Random(3))
    found = trained(business.spans, business.events)
    assert found.evaluation.auc is not None
    assert found.evaluation.signal == "not_found"
    assert found.statement.startswith("The data do not predict who leaves.")
    assert "ranked by MRR alone" in found.statement
    assert len({score.probability for score in found.scores}) == 1
    assert [score.mrr for score in found.scores] == sorted(
        (score.mrr for score in found.scores), reverse=True
    )


def test_departures_that_are_random_but_announced_are_no_signal() -> None:
    business = coin_flippers(Random(3), announced=True)
    found = trained(business.spans, business.events)
    assert found.evaluation.auc is not None
    assert found.evaluation.signal == "not_found"
    assert "accounts that had not cancelled" in found.statement


def test_an_account_whose_announced_end_has_passed_is_not_scored() -> None:
    cancelled = span("2024-07-01", "2025-06-20", cancelled_on="2025-06-10", account=9)
    found = trained([*stayers(3), cancelled], daily(range(1, 4), days=345))
    assert found.as_of == date(2025, 6, 11)
    assert sorted(score.account_id.int for score in found.scores) == [1, 2, 3]


def test_an_open_payment_problem_is_involuntary_and_recent_billing_is_data() -> None:
    problems = [
        PaymentProblem(UUID(int=1), "unpaid", date(2025, 6, 1), None),
        PaymentProblem(UUID(int=2), "unpaid", date(2025, 6, 1), TODAY),
    ]
    billing = BillingRecords(problems=problems, recorded_on=date(2025, 6, 28))
    found = learn(
        stayers(3),
        event_table([]),
        billing=billing,
        rates=USD,
        today=TODAY,
        horizon_days=30,
        progress=SilentProgress(),
    )
    assert found.as_of == date(2025, 6, 29)
    assert {score.account_id.int for score in found.scores if score.kind == "involuntary"} == {1}


def test_too_few_departures_are_not_evaluated() -> None:
    spans = [*stayers(40), *(span("2024-07-01", "2025-02-01", account=100 + number) for number in range(5))]
    found = trained(spans, daily(range(1, 41)))
    assert found.model is None
    assert found.evaluation.auc is None
    assert found.statement.startswith("It was not tested whether the data predict who leaves: ")


def test_nobody_ever_left() -> None:
    found = trained(stayers(12), daily(range(1, 13)))
    assert found.base_rate == 0
    assert found.evaluation.churned == 0
    assert [score.account_id.int for score in found.scores] == list(range(12, 0, -1))


def test_everybody_leaves() -> None:
    leavers = [span("2024-07-01", "2025-01-01", account=number) for number in range(2, 30)]
    found = trained([*leavers, span("2024-12-31", account=1)], daily(range(1, 30), days=190))
    assert found.model is None
    assert len(found.scores) == 1


def test_no_events_at_all_still_give_a_list(sample: Business) -> None:
    found = trained(sample.spans, rates=sample.rates)
    assert found.scores
    assert found.as_of <= TODAY


def test_events_that_began_last_week_do_not_make_the_years_before_look_idle() -> None:
    leaver = span("2024-07-01", "2025-03-01", account=99)
    found = trained([*stayers(5), leaver], daily(range(1, 6), start=TODAY - timedelta(days=7), days=7))
    assert found.evaluation.snapshots == 0
    assert 0 < found.base_rate < 0.1


def test_fewer_snapshots_than_features() -> None:
    found = trained(
        stayers(1, start=TODAY - timedelta(days=65)), daily([1], start=TODAY - timedelta(days=65), days=65)
    )
    assert len(found.scores) == 1


def test_an_old_export_is_scored_as_of_its_own_end() -> None:
    found = trained(stayers(3), daily(range(1, 4), days=184), today=date(2031, 1, 1))
    assert found.as_of == date(2025, 1, 1)


def test_an_empty_workspace_gets_a_hint() -> None:
    with pytest.raises(NothingToScore, match="No account pays on 2025-07-01") as caught:
        trained([])
    assert "import" in caught.value.hint


def test_a_business_without_paying_accounts_has_nothing_to_score() -> None:
    with pytest.raises(NothingToScore):
        trained([span("2024-07-01", "2025-01-01")], daily([1], days=300))


def test_a_business_of_last_week_has_too_little_history() -> None:
    begun = TODAY - timedelta(days=7)
    with pytest.raises(TooLittleHistory, match="30 days before 2025-07-01") as caught:
        trained(stayers(3, start=begun), daily(range(1, 4), start=begun, days=7))
    assert "--horizon" in caught.value.hint
