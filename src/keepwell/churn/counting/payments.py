"""Payment problems before each snapshot, as they stood on its day: from events, charges and invoices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import numpy as np

from keepwell.churn.counting.lookups import Known, Moments
from keepwell.churn.features import SECONDS_PER_DAY, DailyCounts
from keepwell.churn.model import PAYMENT_FAILED, PAYMENT_RECOVERED, PaymentProblem, ProblemKind

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

# How long a failed payment, and an unpaid invoice, counts as open.
FAILED_OPEN_DAYS, UNPAID_OPEN_DAYS = 28, 180


class Problems(msgspec.Struct, frozen=True, kw_only=True):
    """Payment problems as columns: `accounts` are places, days ordinals; `until` is beyond every day if it is still open."""

    accounts: Whole
    since: Whole
    until: Whole
    is_failure: Mask


def problem_columns(problems: Sequence[PaymentProblem], places: Mapping[UUID, int]) -> Problems:
    """The problems of the accounts in `places`."""
    own = [each for each in problems if each.account_id in places]
    failed: ProblemKind = "failed"
    never = np.iinfo(np.int64).max
    return Problems(
        accounts=np.array([places[each.account_id] for each in own], np.int64),
        since=np.array([each.since.toordinal() for each in own], np.int64),
        until=np.array([never if each.until is None else each.until.toordinal() for each in own], np.int64),
        is_failure=np.array([each.kind == failed for each in own], np.bool_),
    )


class Payments(msgspec.Struct, frozen=True, kw_only=True):
    """Per snapshot: the failures in a window, and the days since the last one; NaN if none failed in half a year.

    `open_days` counts from a failed payment that is still open, `overdue_days` from the day on which the oldest unpaid invoice was
    due; NaN if there is none.
    """

    failures: Vector
    failed_days_ago: Vector
    open_days: Vector
    overdue_days: Vector

    @property
    def is_open(self) -> Mask:
        """Whether a payment failed and is still open, or an invoice is overdue."""
        is_open: Mask = ~(np.isnan(self.open_days) & np.isnan(self.overdue_days))
        return is_open


def payments(
    counts: DailyCounts, problems: Problems, moments: Moments, *, known_on: Whole, window: int
) -> Payments:
    """The payment problems that began before each snapshot; one that ended after the day `known_on` is still open.

    A failure may be both an event and a charge: it counts once, and whether it is open is what the charge says.
    """
    failures = counts.where(counts.named(PAYMENT_FAILED))
    by_event = Known(failures, moments)
    failed_ago = by_event.newest_days_ago()
    failed_ago[failed_ago > UNPAID_OPEN_DAYS] = np.nan
    rows, places = moments.after(problems.accounts, problems.since, within=UNPAID_OPEN_DAYS)
    ages = moments.days[places] - problems.since[rows]
    is_failure, is_open = problems.is_failure[rows], problems.until[rows] > known_on[places]

    def least(mask: Mask, beside: Vector) -> Vector:
        found = beside.copy()
        np.fmin.at(found, places[mask], ages[mask])
        return found

    nothing: Vector = np.full(len(moments), np.nan)
    # A product often sends no event of the recovery, but a charge of that day, or a later one, knows of it.
    is_on_record = least(is_failure, nothing) <= failed_ago
    is_open_by_event = (failed_ago <= FAILED_OPEN_DAYS) & ~_is_recovered(counts, moments) & ~is_on_record
    open_by_event = np.where(is_open_by_event, failed_ago, np.nan)
    overdue = nothing.copy()
    np.fmax.at(overdue, places[~is_failure & is_open], ages[~is_failure & is_open])
    charged = np.bincount(places[is_failure & (ages <= window)], minlength=len(moments))
    return Payments(
        failures=np.maximum(by_event.total(days=window), charged),
        failed_days_ago=least(is_failure, failed_ago),
        open_days=least(is_failure & is_open & (ages <= FAILED_OPEN_DAYS), open_by_event),
        overdue_days=overdue,
    )


def _is_recovered(counts: DailyCounts, moments: Moments) -> Mask:
    """Whether the newest event about a payment was its recovery, to the second."""
    failed, recovered = (
        _newest_instants(counts.where(counts.named(name)), moments)
        for name in (PAYMENT_FAILED, PAYMENT_RECOVERED)
    )
    is_recovered: Mask = recovered >= failed
    return is_recovered


def _newest_instants(counts: DailyCounts, moments: Moments) -> Vector:
    """The instant of the newest event in seconds; these events are few, so they are joined. 0 if there is none."""
    instants = counts.days.astype(np.int64) * SECONDS_PER_DAY + counts.last_seconds
    rows, places = moments.after(counts.accounts, counts.known)
    newest: Vector = np.zeros(len(moments))
    np.maximum.at(newest, places, instants[rows])
    return newest
