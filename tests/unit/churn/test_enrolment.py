"""Which accounts of a list get a case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from keepwell.churn.cases.episodes.enrolment import ListMade, ModelOfList, enrolled
from keepwell.churn.model import ChurnKind, Score

AS_OF = date(2026, 4, 1)


def score(rank: int, probability: float, *, kind: ChurnKind = ChurnKind.VOLUNTARY) -> Score:
    return Score(
        rank=rank,
        account_id=UUID(int=rank),
        plan="Pro",
        mrr=Decimal(30),
        probability=probability,
        revenue_at_risk=Decimal(1),
        kind=kind,
        reasons=[],
        inputs=[],
    )


SUBSCRIPTIONS = ModelOfList("subscription", 30, 0.1)


def ranks(*scores: Score, model: ModelOfList = SUBSCRIPTIONS, today: date = AS_OF) -> list[int]:
    made = ListMade(model_version=1, as_of=AS_OF, scores=scores)
    return [each.rank for each in enrolled(made, model, today=today)]


def test_the_first_tenth_of_the_voluntary_list_is_enrolled_and_at_least_one_account_of_it() -> None:
    payment = score(1, 0.9, kind=ChurnKind.INVOLUNTARY)
    assert ranks(payment, *(score(rank, 0.2) for rank in range(2, 23))) == [2, 3, 4]
    assert ranks(score(1, 0.2), score(2, 0.2)) == [1]


def test_who_is_less_likely_to_leave_than_usual_is_not_enrolled_however_much_it_pays() -> None:
    assert ranks(score(1, 0.0999), *(score(rank, 0.3) for rank in range(2, 21))) == [2]


def test_without_a_signal_the_first_tenth_is_enrolled_by_money_alone() -> None:
    # Scores have four places, and the base rate has more.
    usual = ModelOfList("subscription", 30, 0.03772172)
    assert ranks(*(score(rank, 0.0377) for rank in range(1, 11)), model=usual) == [1]


@pytest.mark.parametrize(
    ("model", "today"), [(ModelOfList("inactivity", 30, 0.1), AS_OF), (SUBSCRIPTIONS, date(2026, 5, 1))]
)
def test_a_list_by_inactivity_or_of_days_that_are_over_opens_no_case(model: ModelOfList, today: date) -> None:
    assert ranks(score(1, 0.5), model=model, today=today) == []
