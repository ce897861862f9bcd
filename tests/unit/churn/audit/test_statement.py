"""What an audit says in words: it names differences and what could be chance, and gives no verdict."""

from __future__ import annotations

from keepwell.churn.audit.auditing import audit_of
from keepwell.churn.audit.model import Figure, Group, GroupAudit, GroupDifference, GroupFigures
from keepwell.churn.audit.statement import notes, selection_rule
from keepwell.churn.label import Label
from tests.unit.churn.audit.rows import drawn, joined, value


def group(name: str, *, accounts: int = 100, departed: int = 20) -> GroupFigures:
    rate = Figure(0.2, 0.1, 0.3)
    is_large = departed >= 10
    return GroupFigures(
        group=value(name),
        snapshots=accounts,
        accounts=accounts,
        departed=departed,
        stayed=accounts - departed,
        base_rate=rate,
        tpr=rate if is_large else None,
        fpr=rate,
        auc=rate if is_large else None,
    )


def difference(low: float, high: float, *, is_beyond_chance: bool = False) -> GroupDifference:
    return GroupDifference(
        group=value("DE"),
        figure="fpr",
        value=(low + high) / 2,
        low=low,
        high=high,
        is_beyond_chance=is_beyond_chance,
    )


def said(*groups: GroupFigures, differences: tuple[GroupDifference, ...] = ()) -> str:
    audit = GroupAudit(overall=group("all"), groups=groups, differences=differences)
    return "\n".join(notes(audit, signal="found"))


def test_a_difference_beyond_chance_is_named_with_its_interval() -> None:
    text = said(group("DE"), group("US"), differences=(difference(0.05, 0.15, is_beyond_chance=True),))
    assert "More than chance: FPR of DE, +0.100 against all other accounts (95 % +0.050 to +0.150)." in text


def test_a_difference_that_only_stands_out_alone_could_be_chance() -> None:
    text = said(group("DE"), group("US"), differences=(difference(0.01, 0.15), difference(-0.1, 0.1)))
    assert (
        "Could be chance, although their own intervals exclude 0, because 2 differences were looked at"
        in text
    )
    assert "The other 1 of 2 differences could be chance. That does not show that there are none" in text


def test_no_difference_is_no_verdict() -> None:
    text = said(group("DE"), group("US"), differences=(difference(-0.1, 0.1),))
    assert "The only difference could be chance. That does not show that there are none" in text
    assert "fair" not in text


def test_what_is_too_small_is_said_with_the_rule() -> None:
    text = said(group("DE", departed=3), group("US"))
    assert "Too small to judge, so no figure is given: DE (3 left, 97 stayed: TPR and AUC)." in text
    assert "a TPR needs 10 accounts that left" in text


def test_one_group_is_nothing_to_compare() -> None:
    made = drawn(40, rows_each=1, seed=1)
    audit = audit_of(made, [Group(kind="unknown")] * 40, seed=1)
    assert notes(audit, signal="found")[-1] == (
        "All accounts are in one group, (unknown): there is nothing to compare."
    )


def test_parts_too_small_to_compare_are_said_to_be() -> None:
    made = joined(drawn(5, rows_each=1, seed=1), drawn(5, rows_each=1, seed=2))
    audit = audit_of(made, [value("DE")] * 5 + [value("US")] * 5, seed=1)
    assert notes(audit, signal="found")[-1] == "No two parts are large enough to compare."


def test_without_a_signal_it_says_that_the_list_ignores_the_probabilities() -> None:
    assert "by MRR alone, since no signal was found" in selection_rule("not_found", top=20)
    quiet = Label(name="inactivity", money="spend", active_within_days=180)
    assert "active accounts, the first 20 by probability times mean spend" in selection_rule(
        "found", top=20, label=quiet
    )
    made = drawn(40, rows_each=1, seed=1)
    audit = audit_of(made, [value("DE")] * 20 + [value("US")] * 20, seed=1)
    assert any(
        "The list does not use these probabilities" in note for note in notes(audit, signal="not_found")
    )


def test_figures_of_a_label_that_is_an_input_are_not_called_a_missing_signal() -> None:
    assert "by MRR alone, since the test proves nothing" in selection_rule("suspect", top=20)
    made = drawn(40, rows_each=1, seed=1)
    text = "\n".join(notes(audit_of(made, [value("DE")] * 40, seed=1), signal="suspect"))
    assert "These figures prove nothing: an input is probably the label itself." in text
    assert "no signal was found" not in text
