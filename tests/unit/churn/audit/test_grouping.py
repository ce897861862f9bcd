"""Groups by the values of an attribute."""

from __future__ import annotations

from keepwell.churn.audit.grouping import grouped, name_of
from keepwell.churn.audit.model import Group
from tests.unit.churn.audit.rows import value


def test_of_3000_values_the_20_largest_stay_apart() -> None:
    values = [f"v{number:04}" for number in range(3000)] + [f"v{number:04}" for number in range(20)]
    groups = grouped(values, [f"A-{number}" for number in range(3020)])
    assert {each.value for each in groups[-20:]} == {f"v{number:04}" for number in range(20)}
    assert groups[20] == Group(kind="others", values=2980)
    assert name_of(groups[20]) == "others (2,980)"


def test_size_is_counted_in_accounts_not_in_rows() -> None:
    often = ["rare"] * 50
    common = [f"v{number:02}" for number in range(20) for _ in range(2)]
    accounts = ["A"] * 50 + [f"A-{number}" for number in range(40)]
    assert grouped([*often, *common], accounts)[0].kind == "others"


def test_none_and_blanks_are_unknown() -> None:
    groups = grouped(["DE", None, " ", "DE "], ["A", "B", "C", "D"])
    assert groups == [value("DE"), Group(kind="unknown"), Group(kind="unknown"), value("DE")]


def test_a_value_called_unknown_is_not_the_unknown_group() -> None:
    assert grouped(["unknown", None], ["A", "B"]) == [value("unknown"), Group(kind="unknown")]


def test_a_name_of_3000_characters_is_cut_where_it_is_printed_only() -> None:
    long = "x" * 3000
    group = grouped([long], ["A"])[0]
    assert group.value == long
    assert name_of(group) == "x" * 39 + "…"
