"""By what an audit can group, and what it says of an attribute that nobody has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import numpy as np
import pytest

from keepwell.churn.audit.attributes import OnRecord, values_by
from keepwell.churn.audit.held_out import AuditedRows, first_of_each_day
from keepwell.churn.audit.model import NoSuchAttribute
from keepwell.records.account_signals.model import AccountSignal
from keepwell.records.accounts.model import AccountAttributes
from tests.unit.churn.audit.rows import held_out

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
ROWS = AuditedRows(
    since=date(2025, 1, 1),
    made=held_out([0.1, 0.2, 0.3], [0, 0, 1]),
    accounts=["A-1", "A-2", "A-1"],
    of_day={"plan": ["Team", "Solo", "Solo"], "billing": ["yearly", "yearly", "yearly"]},
)


def account(number: int, *, country: str | None = None) -> AccountAttributes:
    return AccountAttributes(UUID(int=number), f"A-{number}", country, None, None)


def signal(kind: str, value: object) -> AccountSignal:
    return AccountSignal(UUID(int=9), UUID(int=1), kind, value, NOON, NOON)


def test_an_account_without_the_attribute_is_unknown() -> None:
    known = OnRecord([account(1, country="DE"), account(2)], {})
    assert values_by("country", ROWS, known=known) == ["DE", None, "DE"]


def test_an_account_that_is_gone_from_the_records_is_unknown() -> None:
    known = OnRecord([account(1, country="DE")], {})
    assert values_by("country", ROWS, known=known) == ["DE", None, "DE"]


def test_the_plan_is_that_of_the_row_and_not_of_today() -> None:
    assert values_by("plan", ROWS, known=OnRecord([account(1)], {})) == ["Team", "Solo", "Solo"]


@pytest.mark.parametrize(
    ("value", "text"), [("up", "up"), (3, "3"), (True, "true"), ({"b": 1, "a": [2]}, '{"a":[2],"b":1}')]
)
def test_a_signal_of_any_json_is_named_by_its_text(value: object, text: str) -> None:
    known = OnRecord([account(1), account(2)], {"A-1": [signal("website.status", value)]})
    assert values_by("website.status", ROWS, known=known) == [text, None, text]


def test_an_attribute_that_nobody_has_is_refused_with_those_that_exist() -> None:
    known = OnRecord([account(1, country="DE")], {"A-1": [signal("website.status", "up")]})
    with pytest.raises(NoSuchAttribute, match="No account has 'industry' on record") as refused:
        values_by("industry", ROWS, known=known)
    assert refused.value.hint == "There are: plan, billing, country, website.status."


def test_of_3000_attributes_only_some_are_named_and_a_long_name_is_cut() -> None:
    known = OnRecord([account(1)], {"A-1": [signal(f"kind{number:04}", 1) for number in range(3000)]})
    with pytest.raises(NoSuchAttribute) as refused:
        values_by("x" * 3000, ROWS, known=known)
    assert len(refused.value.message) < 200
    assert refused.value.hint.endswith(" and 2,972 more.")


def test_the_first_of_each_day_are_selected_and_ties_go_to_the_earlier_row() -> None:
    worth, days = np.array([1.0, 5, 5, 5, 2, 9]), np.array([1, 1, 1, 1, 2, 2])
    assert first_of_each_day(worth, days, top=2).tolist() == [False, True, True, False, True, True]
