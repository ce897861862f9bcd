"""What accounts did before each snapshot: how much, how recently, how regularly, and of which kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.counting.lookups import Known, Moments
from keepwell.churn.features import DailyCounts, account_days
from keepwell.churn.model import NO_USAGE_EVENTS, Windows
from keepwell.churn.sources.event_names import looks_personal

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector

MOST_KINDS = 10
_DAYS_OF_MONTH = 365.25 / 12


def usage_of(counts: DailyCounts) -> DailyCounts:
    """The rows that are use of the product."""
    return counts.where(~counts.named(*NO_USAGE_EVENTS))


def common_kinds(usage: DailyCounts) -> Sequence[str]:
    """The names of at most ten kinds of event, those of the most account-days first. No outcome has a say in it.

    None that looks like personal data is among them: the name of a kind is shown as a reason.
    """
    per_name = np.bincount(usage.events, minlength=len(usage.names)).tolist()
    found = sorted((-rows, name) for name, rows in zip(usage.names, per_name, strict=True) if rows)
    return [name for _, name in found if not looks_personal(name)][:MOST_KINDS]


def personal_kinds(usage: DailyCounts) -> int:
    """How many kinds of event have names that look like personal data."""
    return sum(looks_personal(usage.names[place]) for place in np.unique(usage.events).tolist())


def usage_columns(
    usage: DailyCounts, moments: Moments, *, windows: Windows, kinds: Sequence[str]
) -> Mapping[str, Vector]:
    """The columns about use before each of `moments`; all unknown if there is no event of use at all.

    Counts are per window; `recency_days` and `gap_days` (the mean days between two active ones) are unknown if an account was
    active on no, or only one, day. `trend` is the middle window against the one before it, and `share_short` the part of the short
    window in the middle one; both are smoothed by a single event.
    """
    events, active = Known(usage, moments), Known(active_days(usage), moments)
    total, newest = active.total(), active.newest_days_ago()
    gap = (active.oldest_days_ago() - newest) / np.where(total > 1, total - 1, np.nan)
    short, mid, long = (events.total(days=days) for days in windows)
    columns = {"events_short": short, "events_mid": mid, "events_long": long}
    columns |= {
        f"active_days_{name}": active.total(days=days)
        for name, days in zip(windows._fields, windows, strict=True)
    }
    columns |= {
        "events_total": events.total(),
        "active_days_total": total,
        "recency_days": newest,
        "gap_days": gap,
        "recency_over_gap": newest / (gap + 1),
        "trend": (mid + 1) / (long - mid + 1),
        "share_short": (short + 0.5) / (mid + 1),
    }
    for kind in kinds:
        own = Known(usage.where(usage.named(kind)), moments)
        columns[f"event:{kind}:mid"] = own.total(days=windows.mid)
        columns[f"event:{kind}:recency"] = own.newest_days_ago()
    if not len(usage.days):
        return {name: np.full(len(moments), np.nan) for name in columns}
    return columns


def active_days(usage: DailyCounts) -> DailyCounts:
    """One row per account and day with any use, known as soon as the first of it was, and counted once."""
    keys = account_days(usage.accounts, usage.days)
    firsts = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, bool)
    days = usage.where(firsts)
    return DailyCounts(
        accounts=days.accounts,
        days=days.days,
        known=days.known,
        events=days.events,
        counts=np.ones_like(days.counts),
        last_seconds=days.last_seconds,
        names=days.names,
    )


def spend_a_month(counts: DailyCounts, moments: Moments) -> Vector:
    """The sum of amounts before each snapshot, by the months since the first event with one, at least one; NaN without any."""
    if counts.amounts is None:
        return np.full(len(moments), np.nan)
    paid = counts.where(~np.isnan(counts.amounts))
    known = Known(paid, moments, weights=paid.amounts)
    spend: Vector = known.total() / np.maximum(known.oldest_days_ago() / _DAYS_OF_MONTH, 1)
    return spend


def mean_seats_used(reports: DailyCounts, moments: Moments, *, days: int) -> Vector:
    """The mean of the seats that were reported as used in the last `days` days; NaN without any report."""
    if reports.amounts is None:
        return np.full(len(moments), np.nan)
    reported = reports.where(~np.isnan(reports.amounts))
    used = Known(reported, moments, weights=reported.amounts).total(days=days)
    number = Known(reported, moments).total(days=days)
    mean: Vector = used / np.where(number > 0, number, np.nan)
    return mean
