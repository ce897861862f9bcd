"""An audit of held-out predictions by group: figures, what is too small, and differences that chance explains or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate

from keepwell.churn.audit.auditing import HeldOut, audit_of
from keepwell.churn.audit.model import Figure, FigureName, Group, GroupAudit, GroupDifference, GroupFigures
from tests.unit.churn.audit.rows import drawn, held_out, joined, value


def two(one: HeldOut, other: HeldOut) -> GroupAudit:
    groups = [value("one")] * len(one.labels) + [value("other")] * len(other.labels)
    return audit_of(joined(one, other), groups, seed=1)


def figures(audit: GroupAudit, group: Group) -> GroupFigures:
    return next(each for each in audit.groups if each.group == group)


def named(found: Sequence[GroupDifference]) -> set[FigureName]:
    return {each.figure for each in found if each.is_beyond_chance}


def test_figures_are_those_of_fairlearn() -> None:
    seen = joined(drawn(90, rows_each=3, seed=1), drawn(60, rows_each=5, seed=2, shift=0.1))
    groups = [value("one") if account < 90 else value("other") for account in seen.accounts]
    audit = audit_of(seen, groups, seed=1)
    theirs = MetricFrame(
        metrics={"selection_rate": selection_rate, "tpr": true_positive_rate, "fpr": false_positive_rate},
        y_true=seen.labels,
        y_pred=seen.selected.astype(int),
        sensitive_features=[each.value for each in groups],
    ).by_group
    for name in ("one", "other"):
        ours = figures(audit, value(name))
        for figure in ("selection_rate", "tpr", "fpr"):
            assert getattr(ours, figure).value == pytest.approx(theirs.loc[name, figure])


def test_the_calibration_gap_is_what_was_predicted_less_what_happened() -> None:
    made = held_out([0.3] * 40, [1] * 10 + [0] * 30)
    gap = audit_of(made, [value("all")] * 40, seed=1).overall.calibration_gap
    assert gap is not None
    assert gap.value == pytest.approx(0.05)
    assert gap.low < 0 < gap.high


def test_groups_that_differ_by_chance_alone_have_no_difference_beyond_it() -> None:
    audits = [
        two(drawn(80, rows_each=4, seed=seed), drawn(80, rows_each=4, seed=seed + 100)) for seed in range(8)
    ]
    assert sum(bool(named(audit.differences)) for audit in audits) <= 1


def test_a_group_that_is_predicted_too_high_is_named() -> None:
    audit = two(drawn(150, rows_each=4, seed=1, shift=0.25), drawn(150, rows_each=4, seed=2))
    assert {"selection_rate", "fpr", "calibration_gap"} <= named(audit.differences)
    assert "base_rate" not in named(audit.differences)


def test_the_more_differences_are_looked_at_the_more_it_takes() -> None:
    # The same difference, alone and among those of further groups.
    one, *others = (drawn(60, rows_each=1, seed=seed, shift=0.11 * (seed == 1)) for seed in range(1, 12))
    few = two(one, joined(*others))
    groups = [value(str(number)) for number, part in enumerate([one, *others]) for _ in part.labels]
    many = audit_of(joined(one, *others), groups, seed=1)
    alone = next(each for each in few.differences if each.figure == "fpr")
    among = next(each for each in many.differences if each.figure == "fpr" and each.group == value("0"))
    assert abs(alone.value) == pytest.approx(abs(among.value))
    assert alone.is_beyond_chance
    assert not among.is_beyond_chance
    assert among.low > 0


def test_a_group_of_nine_accounts_has_counts_and_no_figure() -> None:
    audit = two(drawn(80, rows_each=2, seed=1), drawn(9, rows_each=8, seed=2))
    small = figures(audit, value("other"))
    assert (small.snapshots, small.accounts) == (72, 9)
    assert {
        small.base_rate,
        small.selection_rate,
        small.tpr,
        small.fpr,
        small.auc,
        small.calibration_gap,
    } == {None}


def test_nine_departures_are_too_few_for_tpr_and_auc_only() -> None:
    made = held_out([0.6] * 5 + [0.2] * 55, [1] * 9 + [0] * 51)
    found = audit_of(made, [value("all")] * 60, seed=1).overall
    assert found.tpr is None
    assert found.auc is None
    assert isinstance(found.fpr, Figure)
    assert isinstance(found.calibration_gap, Figure)


def test_one_group_is_compared_with_nobody() -> None:
    made = drawn(50, rows_each=2, seed=1)
    audit = audit_of(made, [value("one")] * 100, seed=1)
    assert audit.differences == []
    assert figures(audit, value("one")).selection_rate == audit.overall.selection_rate


def test_unknown_is_a_group_and_comes_last() -> None:
    made = joined(
        drawn(30, rows_each=1, seed=1), drawn(50, rows_each=1, seed=2), drawn(20, rows_each=1, seed=3)
    )
    groups = [
        *[Group(kind="unknown")] * 30,
        *[Group(kind="others", values=7)] * 50,
        *[value("one")] * 20,
    ]
    found = [each.group.kind for each in audit_of(made, groups, seed=1).groups]
    assert found == ["value", "others", "unknown"]


def test_the_same_rows_and_seed_give_the_same_audit() -> None:
    parts = drawn(40, rows_each=2, seed=1), drawn(40, rows_each=2, seed=2)
    assert two(*parts) == two(*parts)


def test_rows_without_any_variation_are_judged_without_a_warning() -> None:
    made = held_out([0.5] * 40, [1, 0] * 20, selected=[False] * 40, accounts=list(range(20)) * 2)
    found = audit_of(made, [value("all")] * 40, seed=1).overall
    assert found.selection_rate is not None
    assert found.selection_rate.low == 0
    assert 0 < found.selection_rate.high < 0.2
    assert found.auc is not None
    assert found.auc.value == pytest.approx(0.5)
    assert not np.isnan(found.auc.low)
