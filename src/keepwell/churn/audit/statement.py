"""What an audit shows, in plain language. It says what differs and what could be chance; whether that is right, people decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from keepwell.churn.audit.grouping import name_of
from keepwell.churn.audit.model import (
    FEWEST_ACCOUNTS,
    FigureName,
    GroupAudit,
    GroupDifference,
    GroupFigures,
)
from keepwell.churn.label import BY_SUBSCRIPTION, Label
from keepwell.churn.model import Signal

TITLES: Mapping[FigureName, str] = {
    "base_rate": "base rate",
    "selection_rate": "selection rate",
    "tpr": "TPR",
    "fpr": "FPR",
    "auc": "AUC",
    "calibration_gap": "calibration gap",
}

_INTERVALS = (
    "Intervals are of 95 %. Those of rates and of the gap are Wilson's at the effective sample size, since predictions of one "
    "account are not independent; that of the AUC has the variance of a bootstrap over accounts."
)


def selection_rule(signal: Signal, *, top: int, label: Label = BY_SUBSCRIPTION) -> str:
    """Which accounts count as selected."""
    money = {"mrr": "MRR", "spend": "mean spend", "none": None}[label.money]
    if signal != "found":
        why = "the test proves nothing" if signal == "suspect" else "no signal was found"
        order = f"{money or 'their ids'} alone, since {why}"
    else:
        order = "probability" if money is None else f"probability times {money}"
    who = "accounts that had not cancelled" if label.name == "subscription" else "active accounts"
    return f"Selected: of each day's {who}, the first {top:,} by {order}, as on the save list."


def notes(audit: GroupAudit, *, signal: Signal) -> list[str]:
    """How to read the figures, what is too small to judge, and which differences are more than chance."""
    said = [_INTERVALS]
    if signal == "suspect":
        said.append(
            "These figures prove nothing: an input is probably the label itself. The list does not use these probabilities."
        )
    elif signal != "found":
        said.append("The list does not use these probabilities, because no signal was found.")
    said.extend(_too_small(audit.groups))
    if len(audit.groups) == 1:
        name = name_of(audit.groups[0].group)
        return [*said, f"All accounts are in one group, {name}: there is nothing to compare."]
    return [*said, *_differences(audit.differences)]


def _too_small(groups: Sequence[GroupFigures]) -> Iterator[str]:
    small = [f"{name_of(each.group)} ({_what(each)})" for each in groups if each.auc is None]
    if small:
        yield (
            f"Too small to judge, so no figure is given: {'; '.join(small)}. The rule: a TPR needs {FEWEST_ACCOUNTS} accounts that "
            f"left, an FPR {FEWEST_ACCOUNTS} that stayed, an AUC both, every other figure {FEWEST_ACCOUNTS} accounts."
        )


def _what(figures: GroupFigures) -> str:
    if figures.base_rate is None:
        return f"{_accounts(figures.accounts)}: everything"
    missing = [TITLES[name] for name in ("tpr", "fpr", "auc") if getattr(figures, name) is None]
    return f"{figures.departed:,} left, {figures.stayed:,} stayed: {' and '.join(missing)}"


def _differences(found: Sequence[GroupDifference]) -> Iterator[str]:
    if not found:
        yield "No two parts are large enough to compare."
        return
    beyond = [each for each in found if each.is_beyond_chance]
    alone = [each for each in found if not each.is_beyond_chance and (each.low > 0 or each.high < 0)]
    for each in beyond:
        yield f"More than chance: {_sentence(each)}."
    if alone:
        yield (
            f"Could be chance, although their own intervals exclude 0, because {len(found):,} differences were looked at: "
            f"{'; '.join(_sentence(each) for each in alone)}."
        )
    others = len(found) - len(beyond) - len(alone)
    if others:
        yield (
            f"{_others(others, of=len(found))} could be chance. That does not show that there are none: the interval of each "
            "(--json) says how large it may be."
        )


def _others(count: int, *, of: int) -> str:
    if count < of:
        return f"The other {count:,} of {of:,} differences"
    return "The only difference" if of == 1 else f"All {of:,} differences"


def _sentence(each: GroupDifference) -> str:
    figure = TITLES[each.figure]
    return (
        f"{figure} of {name_of(each.group)}, {each.value:+.3f} against all other accounts (95 % {each.low:+.3f} to "
        f"{each.high:+.3f})"
    )


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count:,} accounts"
