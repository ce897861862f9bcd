"""A training with hardly any data: no departure, no event, no account, no past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from keepwell.churn.model import NothingToScore, TooLittleHistory
from tests.unit.churn.building import span
from tests.unit.churn.businesses import TODAY, Business, daily, stayers, trained


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
