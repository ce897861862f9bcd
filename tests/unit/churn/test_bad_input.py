"""What happens at both doors if the records are not those of a business: a clear result, or an error that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import pytest

from keepwell.churn.doors.subscriptions import Subscriptions
from keepwell.churn.model import NothingToScore, TooLittleHistory
from keepwell.churn.pipeline import LearningResult, learn
from keepwell.platform.progress import SilentProgress
from keepwell.revenue.model import PayingSpan
from tests.unit.churn.building import USD, span
from tests.unit.churn.using import START, TODAY, Use, learned, table_of


def subscribed(
    spans: Sequence[PayingSpan], uses: Sequence[Use] = (), *, horizon: int = 30, today: date = TODAY
) -> LearningResult:
    return learn(
        Subscriptions(spans, rates=USD),
        table_of(uses),
        today=today,
        horizon_days=horizon,
        progress=SilentProgress(),
    )


def every(days: int, *names: str, until: int = 360) -> list[Use]:
    return [Use(account=name, day=day) for name in names for day in range(0, until, days)]


def test_no_events_at_all() -> None:
    gone = span("2024-01-01", "2024-11-01", account=3)
    found = subscribed([span("2024-01-01"), span("2024-01-01", account=2), gone])
    assert len(found.scores) == 2
    with pytest.raises(NothingToScore, match="None of the 2 accounts on record has an event of use"):
        learned([], names=["A-0001", "A-0002"])


def test_one_account() -> None:
    by_mrr, by_use = subscribed([span("2024-01-01")], every(2, "A-0001")), learned(every(2, "A-0001"))
    for found in (by_mrr, by_use):
        assert len(found.scores) == 1
        assert found.model is None
        assert found.evaluation.signal == "not_tested"
        assert "there are too few accounts for a test" in found.statement


def test_all_left() -> None:
    gone = [span("2024-01-01", "2024-06-01", account=number) for number in range(1, 20)]
    with pytest.raises(NothingToScore, match="No account pays on 2024-12-26, so there is none to lose"):
        subscribed(gone)
    # Everybody falls silent at once: that is the end of the records, and not of the customers.
    found = learned(every(3, *(f"A-{number}" for number in range(20)), until=150))
    assert found.as_of == START + timedelta(days=148)
    assert len(found.scores) == 20


def test_all_stayed() -> None:
    names = [f"A-{number:04}" for number in range(1, 21)]
    by_mrr = subscribed([span("2024-01-01", account=number) for number in range(1, 21)], every(3, *names))
    by_use = learned(every(3, *names))
    for found in (by_mrr, by_use):
        assert found.base_rate == 0
        assert {score.probability for score in found.scores} == {0}
        assert found.evaluation.signal == "not_tested"


def test_a_horizon_longer_than_the_history() -> None:
    today = START + timedelta(days=100)
    with pytest.raises(TooLittleHistory, match="No account had paid 365 days before") as by_mrr:
        subscribed([span("2024-01-01")], horizon=365, today=today)
    with pytest.raises(
        TooLittleHistory, match="of no account was it seen what it did in 365 whole days"
    ) as by_use:
        learned(every(2, "A-1", until=100), horizon=365, today=today)
    assert "--horizon" in by_mrr.value.hint
    assert "--inactive-after" in by_use.value.hint


def inputs_of(found: LearningResult) -> list[dict[str, float | None]]:
    """The inputs of each score, by name."""
    names = list(found.studied.current[0].values)
    return [dict(zip(names, score.inputs, strict=True)) for score in found.scores]


@pytest.mark.parametrize("value", ["NaN", '"NaN"', "null", '"many"', "1e999", "true"])
def test_a_property_other_than_a_number_is_neither_an_amount_nor_a_count_of_seats(value: str) -> None:
    odd = Use(account="A-0001", day=340, properties=f'{{"amount": {value}}}')
    fine = [
        msgspec.structs.replace(each, properties='{"amount": 12}') for each in every(3, "A-0001", "A-0002")
    ]
    spends = {score.account_id.int: score.mrr for score in learned([*fine, odd]).scores}
    assert spends[1] == spends[2] > 0
    seats = msgspec.structs.replace(odd, event="seats_reported", properties=f'{{"seats_used": {value}}}')
    found = subscribed([span("2024-01-01", seats=4)], [*every(3, "A-0001"), seats])
    assert inputs_of(found)[0]["seats_used_share"] is None


def test_two_accounts_whose_ids_differ_only_in_case_are_two_accounts() -> None:
    both = [*every(1, "acme"), *every(40, "Acme")]
    found = learned(both)
    seen = {each.snapshot.external_id: each.values["active_days_total"] for each in found.studied.current}
    assert seen == {"Acme": 9, "acme": 360}
    spans = [
        msgspec.structs.replace(span("2024-01-01", account=number), external_id=name)
        for number, name in ((1, "Acme"), (2, "acme"))
    ]
    found = subscribed(spans, both)
    scores = {
        score.account_id.int: inputs["active_days_total"]
        for score, inputs in zip(found.scores, inputs_of(found), strict=True)
    }
    assert scores == {1: 9, 2: 360}


def test_ten_years_of_one_account() -> None:
    decade = [Use(account="A-0001", day=day - 3300) for day in range(0, 3650, 2)]
    by_mrr = subscribed([span("2015-01-01")], decade)
    by_use = learned(decade)
    for found in (by_mrr, by_use):
        assert len(found.scores) == 1
        assert inputs_of(found)[0]["active_days_total"] == 1825
        assert found.evaluation.snapshots <= 36


def test_a_lake_half_erased() -> None:
    """Accounts that pay stay on the list, and what they did is unknown, not nothing; without any use there is nobody to go quiet."""
    names = [f"A-{number:04}" for number in range(1, 21)]
    half = every(3, *names[:10])
    found = subscribed([span("2024-01-01", account=number) for number in range(1, 21)], half)
    seen = {
        score.account_id.int: inputs["recency_days"]
        for score, inputs in zip(found.scores, inputs_of(found), strict=True)
    }
    assert [seen[number] is None for number in range(1, 21)] == [False] * 10 + [True] * 10
    assert len(learned(half, names=names).scores) == 10


def test_what_is_dated_in_the_future_has_not_happened() -> None:
    """An announced end is known today; whether it comes true is not. Use after today counts for nothing."""
    future = [Use(account="A-0001", day=day) for day in range(361, 500)]
    announced = span("2024-01-01", "2025-03-01", cancelled_on="2024-12-01")
    stays = span("2024-01-01", account=2)
    uses = every(2, "A-0001", "A-0002")
    found = subscribed([announced, stays], [*uses, *future])
    assert found.as_of <= TODAY
    assert not found.studied.split.table.labels.any()
    assert learned([*uses, *future]).scores == learned(uses).scores


def test_subscriptions_and_use_of_accounts_that_only_begin_in_the_future() -> None:
    with pytest.raises(NothingToScore):
        subscribed([span("2030-01-01")])
    with pytest.raises(NothingToScore):
        learned([Use(account="A-1", day=day) for day in range(400, 500)])
