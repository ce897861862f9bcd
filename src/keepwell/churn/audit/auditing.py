"""Audits held-out predictions by group: a pure function of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.churn.audit.model import (
    FEWEST_ACCOUNTS,
    FIGURES,
    Figure,
    FigureName,
    Group,
    GroupAudit,
    GroupDifference,
    GroupFigures,
)
from keepwell.churn.audit.shares import CONFIDENCE, Share, auc_of, difference, share_of

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

_EVERYBODY = Group(kind="value", value="all")
Shares = Mapping[FigureName, Share]


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """A row per prediction: its probability, whether the account left, whether it was selected, and its account's number."""

    chances: Vector
    labels: Whole
    selected: Mask
    accounts: Whole

    def where(self, mask: Mask) -> HeldOut:
        """The rows that `mask` selects."""
        return HeldOut(
            chances=self.chances[mask],
            labels=self.labels[mask],
            selected=self.selected[mask],
            accounts=self.accounts[mask],
        )


def audit_of(made: HeldOut, groups: Sequence[Group], *, seed: int) -> GroupAudit:
    """The figures of each of the `groups`, of which there is one per row, and their differences from all other accounts.

    Of two groups only one is compared, since the other comparison is the same. The seed is that of the bootstrap.
    """
    np = numpy()
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    numbered = np.array([numbers[each] for each in groups], dtype=np.int64)
    masks = {group: numbered == number for group, number in numbers.items()}
    parts = {group: made.where(mask) for group, mask in masks.items()}
    shares = {group: _shares(part, seed=seed) for group, part in parts.items()}
    listed = sorted((_figures(group, parts[group], shares[group]) for group in parts), key=_order)
    compared = [each.group for each in listed]
    compared = compared if len(compared) > 2 else compared[1:]  # noqa: PLR2004  as the docstring says
    rest = {group: _shares(made.where(~masks[group]), seed=seed) for group in compared}
    return GroupAudit(
        overall=_figures(_EVERYBODY, made, _shares(made, seed=seed)),
        groups=listed,
        differences=_differences({group: (shares[group], rest[group]) for group in compared}),
    )


def _shares(part: HeldOut, *, seed: int) -> Shares:
    """The figures behind which there are enough accounts."""
    has_left, accounts = part.labels == 1, part.accounts
    left, stayed = _accounts(part, has_left), _accounts(part, ~has_left)
    found: dict[FigureName, Share] = {}
    if _accounts(part, has_left | ~has_left) >= FEWEST_ACCOUNTS:
        rate = share_of(has_left, accounts)
        found["base_rate"] = rate
        found["selection_rate"] = share_of(part.selected, accounts)
        found["calibration_gap"] = msgspec.structs.replace(rate, offset=float(part.chances.mean()))
    if left >= FEWEST_ACCOUNTS:
        found["tpr"] = share_of(part.selected[has_left], accounts[has_left])
    if stayed >= FEWEST_ACCOUNTS:
        found["fpr"] = share_of(part.selected[~has_left], accounts[~has_left])
    if min(left, stayed) >= FEWEST_ACCOUNTS:
        found["auc"] = auc_of(part.chances, part.labels, accounts=accounts, seed=seed)
    return found


def _figures(group: Group, part: HeldOut, shares: Shares) -> GroupFigures:
    has_left = part.labels == 1
    return GroupFigures(
        group=group,
        snapshots=len(part.labels),
        accounts=_accounts(part, has_left | ~has_left),
        departed=_accounts(part, has_left),
        stayed=_accounts(part, ~has_left),
        **{name: Figure(share.stated, *share.bounds(CONFIDENCE)) for name, share in shares.items()},
    )


def _differences(pairs: Mapping[Group, tuple[Shares, Shares]]) -> list[GroupDifference]:
    judged = list(_judged(pairs))
    # Bonferroni: of a hundred differences that are all due to chance, five would stand out without it.
    strict = 1 - (1 - CONFIDENCE) / max(len(judged), 1)
    found = []
    for group, name, one, other in judged:
        shown = difference(one, other, confidence=CONFIDENCE)
        low, high = difference(one, other, confidence=strict)
        found.append(
            GroupDifference(
                group=group,
                figure=name,
                value=one.stated - other.stated,
                low=shown[0],
                high=shown[1],
                is_beyond_chance=low > 0 or high < 0,
            )
        )
    return found


def _judged(
    pairs: Mapping[Group, tuple[Shares, Shares]],
) -> Iterator[tuple[Group, FigureName, Share, Share]]:
    for group, (own, rest) in pairs.items():
        for name in FIGURES:
            if name in own and name in rest:
                yield group, name, own[name], rest[name]


def _accounts(part: HeldOut, mask: Mask) -> int:
    return len(numpy().unique(part.accounts[mask]))


def _order(figures: GroupFigures) -> tuple[bool, bool, int, str]:
    """Values by size, then the rare ones, then the unknown."""
    group = figures.group
    return group.kind == "unknown", group.kind == "others", -figures.accounts, group.value or ""
