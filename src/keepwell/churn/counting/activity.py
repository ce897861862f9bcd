"""What accounts did, and the columns about it that every model has, whatever leaving means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import ibis
import msgspec
import numpy as np

from keepwell.churn.counting.lookups import Known, Moments
from keepwell.churn.counting.payments import Payments, Problems, payments
from keepwell.churn.counting.usage import common_kinds, personal_kinds, usage_columns, usage_of
from keepwell.churn.features import DailyCounts, daily_counts
from keepwell.churn.model import TICKET_OPENED, Windows
from keepwell.churn.predictors import kinds_of

if TYPE_CHECKING:
    from datetime import date

    from keepwell.churn.arrays import Mask, Matrix, Vector, Whole


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs of each snapshot, one column of `values` per name, and its payment problems, which reasons need as well."""

    names: Sequence[str]
    values: Matrix
    payments: Payments


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """The events of accounts, those of them that are use, and the kinds of use that get columns of their own.

    `personal_kinds` get none, because their names look like personal data.
    """

    counts: DailyCounts
    usage: DailyCounts
    kinds: Sequence[str]
    personal_kinds: int


class ActivityColumns(NamedTuple):
    """The columns about what accounts did, and their payments."""

    columns: Mapping[str, Vector | Mask]
    payments: Payments

    def beside(self, own: Mapping[str, Vector | Whole | Mask]) -> Inputs:
        """The inputs of a model: these columns, and then its `own`."""
        columns = {**self.columns, **own}
        values = np.column_stack([np.asarray(each, np.float64) for each in columns.values()])
        return Inputs(names=list(columns), values=values, payments=self.payments)


def activity_of(
    events: ibis.Table,
    accounts: Sequence[str],
    *,
    before: date,
    amount: str | None = None,
    like: Sequence[str] | None = None,
) -> Activity:
    """The events of `accounts` (external ids) before the day `before`, with the sums of the property `amount` if it is given.

    The kinds are those that the input names `like` have, or the common ones.
    """
    counts = daily_counts(events, accounts, before=before, amount=amount)
    usage = usage_of(counts)
    kinds = common_kinds(usage) if like is None else kinds_of(like)
    return Activity(counts=counts, usage=usage, kinds=kinds, personal_kinds=personal_kinds(usage))


def activity_columns(
    seen: Activity, moments: Moments, *, problems: Problems, windows: Windows, known_on: Whole
) -> ActivityColumns:
    """The columns at each of `moments`; payments made after the day `known_on` are not known."""
    owed = payments(seen.counts, problems, moments, known_on=known_on, window=windows.mid)
    tickets = seen.counts.where(seen.counts.named(TICKET_OPENED))
    columns: dict[str, Vector | Mask] = {
        **usage_columns(seen.usage, moments, windows=windows, kinds=seen.kinds),
        "tickets_mid": Known(tickets, moments).total(days=windows.mid),
        "payment_failures_mid": owed.failures,
        "payment_failed_days_ago": owed.failed_days_ago,
        "open_payment": owed.is_open,
    }
    return ActivityColumns(columns, owed)
