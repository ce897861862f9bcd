"""The save list: ranked by revenue at risk, with reasons that are true for the account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from keepwell.churn.logistic import Calibration, Coefficient, LogisticModel
from keepwell.churn.model import ActivityFeatures, ChurnKind, Observation
from keepwell.churn.predictors import PREDICTORS
from keepwell.churn.scoring import reasons_for, score
from tests.unit.churn.building import observation, snapshot

WEIGHTS = {
    "activity_level": -0.6,
    "activity_change": -0.4,
    "quiet": 0.5,
    "open_payment": 3.0,
    "failed_payments": 0.4,
    "tenure": -0.2,
    "cancelled": 4.0,
}
# Eight active days in 28 are typical here.
MEANS = {"activity_level": 2.2, "tenure": 5.0, "renewal": 2.6}
MODEL = LogisticModel(
    coefficients=[
        Coefficient(each.name, MEANS.get(each.name, 0.0), 1.0, WEIGHTS.get(each.name, 0.0))
        for each in PREDICTORS
    ],
    intercept=-3.0,
    calibration=Calibration(1.0, 0.0),
)
FADED = ActivityFeatures(active_days=4, active_days_before=15, quiet_days=9, usual_gap_days=2.0)
BUSY = ActivityFeatures(active_days=20, active_days_before=18, quiet_days=0, usual_gap_days=1.2)


def texts(seen: Observation) -> list[str]:
    return [reason.text for reason in reasons_for(seen, MODEL)]


def test_a_reason_contains_the_accounts_own_numbers() -> None:
    assert texts(observation(seen=FADED)) == [
        "No activity for 9 days; usually active every 2 days",
        "4 active days in the last 28, 15 in the 28 before",
    ]


def test_an_account_without_activity_is_compared_with_the_typical_one() -> None:
    assert texts(observation()) == ["0 active days in the last 28; the typical account has 8"]


def test_a_busy_account_has_no_reasons() -> None:
    assert texts(observation(seen=BUSY)) == []


def test_an_open_payment_comes_first_and_is_involuntary() -> None:
    seen = observation(seen=msgspec.structs.replace(BUSY, failed_payments=2, open_payment_days=6))
    assert texts(seen) == ["A payment failed 6 days ago and is still open"]
    assert score([seen], model=MODEL, base_rate=0.1)[0].kind is ChurnKind.INVOLUNTARY


def test_an_overdue_invoice_is_involuntary_even_without_a_failed_charge() -> None:
    seen = observation(seen=msgspec.structs.replace(BUSY, overdue_days=12))
    assert texts(seen) == ["An invoice is 12 days overdue"]
    assert score([seen], model=MODEL, base_rate=0.1)[0].kind is ChurnKind.INVOLUNTARY


def test_a_cancelled_account_leaves_voluntarily_even_with_an_open_payment() -> None:
    seen = observation(
        snapshot(cancelled_on=date(2025, 2, 20)), msgspec.structs.replace(BUSY, open_payment_days=3)
    )
    assert texts(seen)[0] == "Cancelled on 2025-02-20; service ends on 2025-03-13"
    assert score([seen], model=MODEL, base_rate=0.1)[0].kind is ChurnKind.VOLUNTARY


def test_a_newcomer_is_not_called_idle_before_its_start() -> None:
    assert texts(observation(snapshot(tenure_days=1))) == ["A customer for 1 day"]


def test_at_most_three_reasons_are_given() -> None:
    seen = observation(
        snapshot(tenure_days=28, cancelled_on=date(2025, 2, 20)),
        msgspec.structs.replace(FADED, failed_payments=3, open_payment_days=1),
    )
    assert [reason.code for reason in reasons_for(seen, MODEL)] == ["cancelled", "payment_open", "quiet"]


def test_the_most_revenue_at_risk_comes_first_and_is_probability_times_mrr() -> None:
    small = observation(snapshot(account=1, mrr=20), FADED)
    large = observation(snapshot(account=2, mrr=1000), FADED)
    safe = observation(snapshot(account=3, mrr=1000), BUSY)
    scores = score([safe, small, large], model=MODEL, base_rate=0.1)
    assert [each.account_id.int for each in scores] == [2, 3, 1]
    assert [each.rank for each in scores] == [1, 2, 3]
    for each in scores:
        assert each.revenue_at_risk == pytest.approx(
            Decimal(str(each.probability)) * each.mrr, abs=Decimal("0.005")
        )


def test_without_a_model_all_get_the_base_rate_sorted_by_mrr() -> None:
    seen = [observation(snapshot(account=number, mrr=number), FADED) for number in (1, 3, 2)]
    scores = score(seen, model=None, base_rate=0.042)
    assert [each.account_id.int for each in scores] == [3, 2, 1]
    assert {each.probability for each in scores} == {0.042}
    assert not any(each.reasons for each in scores)


def test_without_a_model_what_is_on_record_is_still_a_reason() -> None:
    debtor = observation(seen=msgspec.structs.replace(FADED, overdue_days=12))
    cancelled = observation(snapshot(account=2, cancelled_on=date(2025, 2, 20)), FADED)
    scores = score([debtor, cancelled], model=None, base_rate=0.1)
    assert [[reason.code for reason in each.reasons] for each in scores] == [["payment_open"], ["cancelled"]]


def test_a_base_rate_of_zero_still_ranks_by_mrr() -> None:
    seen = [observation(snapshot(account=number, mrr=Fraction(number, 3))) for number in (1, 2)]
    scores = score(seen, model=None, base_rate=0.0)
    assert [each.mrr for each in scores] == [Decimal("0.67"), Decimal("0.33")]
