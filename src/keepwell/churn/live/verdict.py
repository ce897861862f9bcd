"""The verdict on the served probabilities: what a page shows, and what decides whether a challenger is trained."""

from __future__ import annotations

from datetime import date

from keepwell.churn.live.model import Verdict, Wagers


def verdict_of(
    wagers: Wagers | None, *, serving: int, next_on: date | None, smallest_visible: float | None = None
) -> Verdict:
    """The verdict on the model that is `serving`, after the lists that were bet on.

    A break of one model says nothing about another, newer or gone back to: that waits for a list of its own. Without a break, the lists of earlier models
    count on, since every list is a promise of the same kind. `next_on` is when the next list can be judged; None if no list waits.
    """
    other_broke = wagers is not None and wagers.broken_on is not None and serving != wagers.model_version
    if wagers is None or other_broke:
        return Verdict(
            state="waiting", model_version=serving, next_on=next_on, smallest_visible=smallest_visible
        )
    return Verdict(
        state="quiet" if wagers.broken_on is None else "broken",
        lists=wagers.lists,
        departed=wagers.departed,
        expected=wagers.expected,
        evidence=round(wagers.multiple, 4),
        broken_by=wagers.broken_by,
        broken_on=wagers.broken_on,
        model_version=serving,
        next_on=next_on,
        smallest_visible=smallest_visible,
    )
