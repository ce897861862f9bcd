"""What a training must not be misled by: chance, its own label, silent trackers, and events of the system."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import msgspec
import pytest

from keepwell.churn.doors.subscriptions import BillingRecords, Subscriptions
from keepwell.churn.features import midnight
from keepwell.churn.model import PaymentProblem
from keepwell.churn.pipeline import LearningResult, learn
from keepwell.churn.sources.coverage import SourceSilent
from keepwell.platform.progress import SilentProgress
from tests.unit.churn.building import USD, event_table, span
from tests.unit.churn.businesses import START, TODAY, Business, coin_flippers, daily, stayers, trained


def at_risk(found: LearningResult) -> Decimal:
    return sum((score.revenue_at_risk for score in found.scores), Decimal())


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


def test_events_whose_names_look_personal_are_use_but_no_inputs_and_are_not_named() -> None:
    invited = [(account, at, "invited ada@shop.example") for account, at, _ in daily(range(1, 13), days=345)]
    found = trained(stayers(12), invited)
    assert found.as_of == START + timedelta(days=345)
    assert "1 kind of event counts as use, but is no input or reason" in found.statement
    assert "ada" not in found.statement
    assert not {name for seen in found.studied.current for name in seen.values if name.startswith("event:")}
    assert all(seen.values["events_mid"] == 30 for seen in found.studied.current)


def test_events_that_began_last_week_do_not_make_the_years_before_look_idle() -> None:
    leaver = span("2024-07-01", "2025-03-01", account=99)
    found = trained([*stayers(5), leaver], daily(range(1, 6), start=TODAY - timedelta(days=7), days=7))
    assert found.evaluation.snapshots == 0
    assert 0 < found.base_rate < 0.1


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
