"""From subscriptions and events to an evaluated model: with signal, without signal, and with hardly any data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import msgspec
import numpy as np
import pytest

from benchmarks.sample_spans import read_spans, sample_rates
from keepwell.churn.doors.subscriptions import BillingRecords, Subscriptions
from keepwell.churn.features import midnight
from keepwell.churn.inference.account_scores import Listed, reasons_of, recorded_of
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.splits import FEWEST_DEPARTURES
from keepwell.churn.listing import score_today
from keepwell.churn.model import NothingToScore, PaymentProblem, Score, TooLittleHistory, rounded_probability
from keepwell.churn.pipeline import LearningResult, learn
from keepwell.churn.sources.coverage import SourceSilent
from keepwell.platform.progress import SilentProgress
from keepwell.revenue.model import PayingSpan, Rates
from keepwell.sample.files import BusinessSummary
from tests.conftest import SAMPLE_UNTIL
from tests.unit.churn.building import USD, EventRow, LateRow, event_table, span
from tests.unit.churn.inference.models import scorer_of
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
    events: Iterable[EventRow | LateRow] = (),
    *,
    rates: Rates = USD,
    today: date = TODAY,
    kept_as_of: date | None = None,
) -> LearningResult:
    return learn(
        Subscriptions(list(spans), rates=rates),
        event_table(events),
        today=today,
        horizon_days=30,
        progress=SilentProgress(),
        kept_as_of=kept_as_of,
    )


def test_the_judged_predictions_are_all_in_the_result(learned: LearningResult) -> None:
    seen, told = learned.evaluation, learned.held_out
    assert len(told.accounts) == len(told.days) == len(told.probabilities) == seen.snapshots
    assert min(told.days) == seen.held_out_from
    assert len(set(zip(told.accounts, told.days, strict=True))) == seen.snapshots
    # They are calibrated, so that they belong to these accounts and not to others.
    assert sum(told.probabilities) == pytest.approx(seen.churned, rel=0.5)


def at_risk(found: LearningResult) -> Decimal:
    return sum((score.revenue_at_risk for score in found.scores), Decimal())


def stayers(count: int, *, start: date = START) -> list[PayingSpan]:
    return [span(start.isoformat(), account=number, amount=number) for number in range(1, count + 1)]


def daily(accounts: Iterable[int], *, start: date = START, days: int = 364) -> list[EventRow]:
    return [
        (f"A-{account:04}", midnight(start + timedelta(days=day)) + timedelta(minutes=account), "login")
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


def test_a_label_that_is_made_of_an_input_is_named_and_not_praised() -> None:
    """Service ends a month after the last login: how an export without ends may have been completed."""
    ends = {number: START + timedelta(days=60 + number) for number in range(1, 270)}
    spans = [span(START.isoformat(), day.isoformat(), account=number) for number, day in ends.items()]
    events = [
        row
        for row in daily(range(1, 330), days=364)
        if row[1] < midnight(ends.get(int(row[0][2:]), TODAY) - timedelta(days=30))
    ]
    found = trained(
        [*spans, *(span(START.isoformat(), account=number) for number in range(270, 330))], events
    )
    assert found.evaluation.signal == "suspect"
    assert "recency_days" in found.evaluation.probable_labels
    assert "the days without activity" in found.statement
    assert "probably the label itself" in found.statement
    assert "The data predict" not in found.statement
    assert len({score.probability for score in found.scores}) == 1


def test_the_served_model_has_also_learnt_from_the_newest_month(
    sample: Business, learned: LearningResult
) -> None:
    assert learned.model is not None
    newest = learned.as_of - timedelta(days=30)
    oldest_span = min(each.starts_on for each in sample.spans if each.covers(newest))
    (tenure,) = [each for each in learned.model.preparation.inputs if each.name == "tenure_days"]
    assert tenure.high == (newest - oldest_span).days
    assert "was then fitted on all" in learned.statement


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
        Subscriptions(stayers(3), rates=USD, billing=billing),
        event_table([]),
        today=TODAY,
        horizon_days=30,
        progress=SilentProgress(),
    )
    assert found.as_of == date(2025, 6, 29)
    assert {score.account_id.int for score in found.scores if score.kind == "involuntary"} == {1}


def test_a_newsletter_to_everybody_is_no_usage_and_is_named() -> None:
    accounts = range(1, 13)
    newsletters = [
        (account, at.replace(hour=9, minute=0), "newsletter_sent")
        for account, at, _ in daily(accounts, days=345)
    ]
    logins = daily(accounts, days=300)
    found = trained(stayers(12), [*logins, *newsletters])
    assert found.evaluation.system_events == ["newsletter_sent"]
    assert "newsletter_sent" in found.statement
    # The day after the last login: the newsletters after it say nothing about usage.
    assert found.as_of == START + timedelta(days=300)


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


def test_a_silent_tracker_does_not_raise_the_risk_of_who_is_merely_not_seen(
    sample: Business, learned: LearningResult
) -> None:
    silent_from = TODAY - timedelta(days=21)
    seen = [row for row in sample.events if row[1] < midnight(silent_from)]
    found = trained(sample.spans, seen, rates=sample.rates)
    assert found.as_of == silent_from
    assert at_risk(found) < at_risk(learned) * Decimal("1.5")
    assert f"There are no events of use after {silent_from - timedelta(days=1)}" in found.statement


def test_a_silent_tracker_makes_no_list_if_there_is_one_of_that_day(sample: Business) -> None:
    silent_from = TODAY - timedelta(days=21)
    seen = [row for row in sample.events if row[1] < midnight(silent_from)]
    with pytest.raises(SourceSilent, match=f"the one as of {silent_from} stays") as caught:
        trained(sample.spans, seen, rates=sample.rates, kept_as_of=silent_from)
    assert "--without events" in caught.value.hint


def test_who_left_after_the_export_of_subscriptions_does_not_count_as_stayed(sample: Business) -> None:
    exported = TODAY - timedelta(days=80)
    spans = [each for each in sample.spans if each.starts_on <= exported]
    spans = [
        msgspec.structs.replace(each, ends_on=None, cancelled_on=None)
        if (each.cancelled_on or each.ends_on or exported) > exported
        else each
        for each in spans
    ]
    found = trained(spans, sample.events, rates=sample.rates)
    assert found.as_of <= exported + timedelta(days=1)
    assert "There are no subscriptions after" in found.statement


def test_one_event_long_before_the_tracker_does_not_make_the_time_before_it_watched() -> None:
    leavers = [
        span("2024-07-01", (START + timedelta(days=20 * number)).isoformat(), account=100 + number)
        for number in range(1, 15)
    ]
    tracked = daily(range(1, 6), start=TODAY - timedelta(days=120), days=120)
    stray = ("A-0001", midnight(START - timedelta(days=30)), "login")
    watched = trained([*stayers(5), *leavers], tracked).evaluation.snapshots
    assert trained([*stayers(5), *leavers], [stray, *tracked]).evaluation.snapshots == watched


def test_months_of_use_that_are_sent_later_were_not_watched() -> None:
    leavers = [
        span("2024-07-01", (START + timedelta(days=20 * number)).isoformat(), account=100 + number)
        for number in range(1, 15)
    ]
    tracked = daily(range(1, 6), start=TODAY - timedelta(days=120), days=120)
    before = daily([1], start=TODAY - timedelta(days=320), days=200)
    sent_later = [(*each, midnight(TODAY - timedelta(days=2))) for each in before]
    watched = trained([*stayers(5), *leavers], tracked).evaluation.snapshots
    assert trained([*stayers(5), *leavers], [*sent_later, *tracked]).evaluation.snapshots == watched
    assert trained([*stayers(5), *leavers], [*before, *tracked]).evaluation.snapshots > watched


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
