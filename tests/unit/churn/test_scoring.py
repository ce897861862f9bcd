"""The save list: ranked by revenue at risk, with reasons that are true for the account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from keepwell.churn.learning.announced import AnnouncedRates
from keepwell.churn.model import ChurnKind, Observation, Score
from keepwell.churn.predictors import title_of, topics_of
from keepwell.churn.scoring import (
    ExplainedPrediction,
    ExplainedPredictions,
    reasons_for,
    score,
    total_at_risk,
)
from tests.unit.churn.building import observation, snapshot

FADED = {
    "active_days_mid": 4.0,
    "active_days_long": 19.0,
    "recency_days": 9.0,
    "gap_days": 2.0,
    "event:export:mid": 0.0,
    "event:export:recency": 45.0,
    "payment_failures_mid": 0.0,
    "tickets_mid": 0.0,
    "seats": 20.0,
    "seats_used_share": 0.25,
    "tenure_days": 400.0,
}
BUSY = FADED | {
    "active_days_mid": 20.0,
    "active_days_long": 38.0,
    "recency_days": 1.0,
    "gap_days": 1.2,
    "event:export:recency": 3.0,
}
TYPICAL = {"active_days_mid": 8.2, "seats_used_share": 0.6}
# What each topic adds to the log-odds, unless a test says otherwise.
ADDED = {"payment": 3.0, "quiet": 0.5, "activity": 0.4}


def predicted(
    *observed: Observation, added: Mapping[str, float] = ADDED, chance: float = 0.2
) -> ExplainedPredictions:
    topics = topics_of(FADED)
    own = ExplainedPrediction(chance, [added.get(topic.name, 0.0) for topic in topics])
    return ExplainedPredictions(accounts=[own] * len(observed), topics=topics, typical=TYPICAL)


def texts(seen: Observation, added: Mapping[str, float] = ADDED) -> list[str]:
    return [reason.text for reason in reasons_for(seen, predicted(seen, added=added), place=0)]


def scored(seen: Observation) -> Score:
    return score([seen], predictions=predicted(seen), base_rate=0.1)[0]


def test_a_reason_contains_the_accounts_own_numbers_and_the_days_that_they_are_about() -> None:
    assert texts(observation(values=FADED)) == [
        "Not used since 2025-02-20; active on 19 of the 52 days until then",
        "4 active days from 2025-01-30 to 2025-02-28, 15 in the 30 days before",
    ]


def test_an_account_that_was_never_busier_is_compared_with_the_typical_one() -> None:
    idle = FADED | {"active_days_mid": 0.0, "active_days_long": 0.0}
    text = "0 active days from 2025-01-30 to 2025-02-28; the typical account has 8"
    assert text in texts(observation(values=idle))


def test_an_account_that_has_not_been_used_in_the_whole_period_says_only_since_when() -> None:
    idle = FADED | {"active_days_mid": 0.0, "active_days_long": 0.0, "recency_days": 90.0}
    assert texts(observation(values=idle))[0] == "Not used since 2024-12-01"


def test_a_score_keeps_each_input_in_its_place_and_what_is_unknown_as_unknown() -> None:
    seen = observation(values=FADED | {"gap_days": float("nan")})
    assert dict(zip(seen.values, scored(seen).inputs, strict=True)) == FADED | {"gap_days": None}


def test_a_busy_account_has_no_reasons_about_use_whatever_the_model_says() -> None:
    assert texts(observation(values=BUSY)) == []
    assert texts(observation(values=BUSY), {"event:export": 2.0}) == []


def test_an_account_that_is_quiet_for_no_longer_than_usual_is_not_called_quiet() -> None:
    assert texts(observation(values=FADED | {"gap_days": 9.0}), {"quiet": 2.0}) == []


def test_an_account_that_uses_few_of_its_seats_is_not_said_to_use_nothing() -> None:
    few = observation(values=FADED | {"usual_use_days_ago": 20.0})
    assert texts(few, {"quiet": 2.0}) == ["Less than half of the usual seats used since 2025-02-09"]
    assert texts(observation(values=FADED | {"usual_use_days_ago": 9.0}), {"quiet": 2.0}) == [
        "Not used since 2025-02-20; active on 19 of the 52 days until then"
    ]


def test_what_is_unknown_is_no_reason() -> None:
    unknown = dict.fromkeys(FADED, float("nan"))
    everything = {topic.name: 1.0 for topic in topics_of(FADED) if topic.name not in {"tenure", "renewal"}}
    assert texts(observation(values=unknown), everything) == []


def test_one_kind_of_event_that_has_stopped_is_named() -> None:
    assert texts(observation(values=FADED), {"event:export": 1.0}) == ["The last export was on 2025-01-15"]


def test_tickets_and_unused_seats_are_reasons() -> None:
    seen = observation(values=BUSY | {"tickets_mid": 2.0})
    assert texts(seen, {"tickets": 1.0, "seats_used": 0.5}) == [
        "2 tickets opened from 2025-01-30 to 2025-02-28",
        "On average 5 of 20 seats used a day from 2025-01-30 to 2025-02-28",
    ]


def test_a_topic_that_hardly_matters_is_no_reason() -> None:
    assert texts(observation(values=FADED), {"quiet": 0.14}) == []


@pytest.mark.parametrize(
    ("paid_until", "is_annual", "expected"),
    [
        (date(2025, 3, 13), 0.0, ["The next renewal is on 2025-03-13"]),
        (date(2025, 3, 31), 1.0, ["The yearly renewal is on 2025-03-31"]),
        (date(2025, 4, 1), 1.0, []),
        (None, 0.0, []),
    ],
)
def test_a_renewal_within_the_horizon_is_a_reason_with_its_day_and_a_later_one_is_none(
    paid_until: date | None, is_annual: float, expected: list[str]
) -> None:
    values = {"days_to_renewal": 12.0, "renewal_due": 1.0, "is_annual": is_annual}
    seen = observation(msgspec.structs.replace(snapshot(), paid_until=paid_until), values)
    (topic,) = topics_of(values)
    own = ExplainedPredictions(accounts=[ExplainedPrediction(0.2, [0.2])], topics=[topic], typical={})
    assert [reason.text for reason in reasons_for(seen, own, place=0)] == expected


def test_what_counts_before_a_renewal_belongs_to_the_topic_of_its_input_and_topics_without_inputs_are_none() -> (
    None
):
    names = ["recency_days", "renewal_due:recency_days", "renewal_due", "mrr"]
    assert [(topic.name, topic.inputs) for topic in topics_of(names)] == [
        ("quiet", ("recency_days", "renewal_due:recency_days")),
        ("renewal", ("renewal_due",)),
    ]


def test_every_input_has_a_name_for_sentences() -> None:
    assert title_of("renewal_due:recency_days") == "the days without activity before a renewal"
    assert title_of("event:Report: sent:recency") == "the days since Report: sent"
    assert title_of("plan:Team") == "the plan Team"
    assert title_of("recency_days") == "the days without activity"
    assert (
        title_of("renewal_due:usual_use_days_ago") == "the days since the use was as usual before a renewal"
    )


def test_an_open_payment_comes_first_and_is_involuntary() -> None:
    seen = observation(values=BUSY | {"payment_failures_mid": 2.0}, open_payment_days=6)
    assert texts(seen) == ["A payment failed on 2025-02-23 and is still open"]
    assert scored(seen).kind is ChurnKind.INVOLUNTARY


def test_an_overdue_invoice_is_involuntary_even_without_a_failed_charge() -> None:
    seen = observation(values=BUSY, overdue_days=12)
    assert texts(seen) == ["An invoice has been overdue since 2025-02-17"]
    assert scored(seen).kind is ChurnKind.INVOLUNTARY


def test_payments_that_failed_and_were_made_are_a_reason_of_their_own() -> None:
    seen = observation(values=BUSY | {"payment_failures_mid": 2.0})
    assert texts(seen) == ["2 payment attempts failed from 2025-01-30 to 2025-02-28"]
    assert scored(seen).kind is ChurnKind.VOLUNTARY


def test_a_cancelled_account_leaves_voluntarily_even_with_an_open_payment() -> None:
    seen = observation(snapshot(cancelled_on=date(2025, 2, 20)), BUSY, open_payment_days=3)
    assert texts(seen)[0] == "Cancelled on 2025-02-20; service ends on 2025-03-13"
    assert scored(seen).kind is ChurnKind.VOLUNTARY


@pytest.mark.parametrize("is_predicted", [True, False], ids=["with a model", "without a model"])
def test_an_announced_end_is_no_guess(*, is_predicted: bool) -> None:
    leaving = observation(snapshot(cancelled_on=date(2025, 2, 20)), BUSY)
    (found,) = score(
        [leaving],
        predictions=predicted(leaving) if is_predicted else None,
        base_rate=0.05,
        announced=AnnouncedRates(within=0.97, later=0.02),
    )
    assert found.probability == 0.97


def test_a_newcomer_is_not_called_idle_before_its_start() -> None:
    newcomer = observation(snapshot(tenure_days=1), FADED | {"recency_days": 1.0})
    assert texts(newcomer, {"activity": 1.0, "tenure": 0.5}) == ["A paying customer since 2025-02-28"]


def test_an_open_payment_is_said_first_and_once_whatever_the_model_makes_of_it() -> None:
    seen = observation(values=FADED, open_payment_days=1)
    for payment in (0.0, 2.0):
        found = reasons_for(seen, predicted(seen, added=ADDED | {"payment": payment}), place=0)
        assert [reason.code for reason in found].count("payment_open") == 1
        assert found[0].code == "payment_open"


def test_at_most_three_reasons_are_given() -> None:
    seen = observation(snapshot(cancelled_on=date(2025, 2, 20)), FADED, open_payment_days=1)
    found = reasons_for(seen, predicted(seen), place=0)
    assert [reason.code for reason in found] == ["cancelled", "payment_open", "quiet"]


def test_the_most_revenue_at_risk_comes_first_and_is_probability_times_mrr() -> None:
    seen = [observation(snapshot(account=number, mrr=mrr)) for number, mrr in ((3, 1000), (1, 20), (2, 1000))]
    chances = ExplainedPredictions(
        accounts=[ExplainedPrediction(chance, []) for chance in (0.005, 0.5, 0.3)], topics=[], typical={}
    )
    scores = score(seen, predictions=chances, base_rate=0.1)
    assert [each.account_id.int for each in scores] == [2, 1, 3]
    assert [each.rank for each in scores] == [1, 2, 3]
    for each in scores:
        assert each.revenue_at_risk == pytest.approx(
            Decimal(str(each.probability)) * each.mrr, abs=Decimal("0.005")
        )


def test_the_revenue_at_risk_of_all_is_rounded_once() -> None:
    seen = [observation(snapshot(account=number, mrr=29)) for number in range(1, 4)]
    scores = score(seen, predictions=None, base_rate=0.0005)
    assert [str(each.revenue_at_risk) for each in scores] == ["0.01", "0.01", "0.01"]
    assert str(total_at_risk(scores, seen)) == "0.04"
    assert str(total_at_risk(scores[:1], seen)) == "0.01"


def test_without_a_model_all_get_the_base_rate_sorted_by_mrr() -> None:
    seen = [observation(snapshot(account=number, mrr=number), FADED) for number in (1, 3, 2)]
    scores = score(seen, predictions=None, base_rate=0.042)
    assert [each.account_id.int for each in scores] == [3, 2, 1]
    assert {each.probability for each in scores} == {0.042}
    assert not any(each.reasons for each in scores)


def test_without_a_model_what_is_on_record_is_still_a_reason() -> None:
    debtor = observation(values=FADED, overdue_days=12)
    cancelled = observation(snapshot(account=2, cancelled_on=date(2025, 2, 20)), FADED)
    scores = score([debtor, cancelled], predictions=None, base_rate=0.1)
    assert [[reason.code for reason in each.reasons] for each in scores] == [["cancelled"], ["payment_open"]]


def test_a_base_rate_of_zero_still_ranks_by_mrr() -> None:
    seen = [observation(snapshot(account=number, mrr=Fraction(number, 3))) for number in (1, 2)]
    scores = score(seen, predictions=None, base_rate=0.0)
    assert [each.mrr for each in scores] == [Decimal("0.67"), Decimal("0.33")]
