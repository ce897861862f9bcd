"""Looks up what was known before each of many snapshots: by sums over sorted rows, never by joining rows with snapshots.

A row counts for a snapshot if both its day and the day on which it became known are before the snapshot's. Nearly all rows are known
on their own day, and for these a sum over any window is the difference of two running totals. The few late ones are joined.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keepwell.churn.features import DAYS_OF_KEY, DailyCounts, account_days

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole


class Pairs(NamedTuple):
    """The places of rows, and the place of a snapshot beside each."""

    rows: Whole
    moments: Whole


class Moments:
    """The snapshots that are asked about: places of accounts and days (ordinals), sorted by account and day."""

    def __init__(self, accounts: Whole, days: Whole) -> None:
        self.accounts = accounts.astype(np.int64)
        self.days = days.astype(np.int64)
        self.keys = account_days(self.accounts, self.days)

    def __len__(self) -> int:
        return len(self.keys)

    def after(self, accounts: Whole, days: Whole, *, within: int = DAYS_OF_KEY) -> Pairs:
        """Each row with every snapshot of its account that is later than the row's day, by at most `within` days."""
        last = np.minimum(days.astype(np.int64) + within, DAYS_OF_KEY - 1)
        starts = np.searchsorted(self.keys, account_days(accounts, days), side="right")
        counts = np.maximum(
            np.searchsorted(self.keys, account_days(accounts, last), side="right") - starts, 0
        )
        rows = np.repeat(np.arange(len(starts)), counts)
        offsets = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        return Pairs(rows, np.repeat(starts, counts) + offsets)


class Known:
    """The rows of `counts` that are known before each snapshot; `weights` has a number for each row, by default its events."""

    def __init__(self, counts: DailyCounts, moments: Moments, *, weights: Vector | None = None) -> None:
        is_late: Mask = counts.known > counts.days
        summed = counts.counts.astype(np.float64) if weights is None else weights
        self._moments = moments
        self._late, self._late_weights = counts.where(is_late), summed[is_late]
        self._days = counts.days[~is_late].astype(np.int64)
        self._keys = account_days(counts.accounts[~is_late], self._days)
        self._running = np.concatenate([[0.0], np.cumsum(summed[~is_late])])
        self._firsts = np.searchsorted(
            self._keys, account_days(moments.accounts, np.zeros_like(moments.days))
        )
        self._ends = np.searchsorted(self._keys, moments.keys)

    def total(self, *, days: int | None = None) -> Vector:
        """The sum over the last `days` days before each snapshot; over all of the past if None."""
        starts = self._firsts
        if days is not None:
            starts = np.maximum(np.searchsorted(self._keys, self._moments.keys - days), starts)
        sums: Vector = self._running[self._ends] - self._running[starts]
        if len(self._late.days):
            is_within = self._late_ages <= (DAYS_OF_KEY if days is None else days)
            rows, places = (each[is_within] for each in self._late_pairs)
            sums = sums + np.bincount(places, weights=self._late_weights[rows], minlength=len(sums))
        return sums

    def newest_days_ago(self) -> Vector:
        """The days from the newest row to each snapshot: 1 for the day before it; NaN if there is none."""
        ages = self._ages(self._ends - 1)
        if len(self._late.days):
            np.fmin.at(ages, self._late_pairs.moments, self._late_ages)
        return ages

    def oldest_days_ago(self) -> Vector:
        """The days from the oldest row to each snapshot; NaN if there is none."""
        ages = self._ages(self._firsts)
        if len(self._late.days):
            np.fmax.at(ages, self._late_pairs.moments, self._late_ages)
        return ages

    def _ages(self, places: Whole) -> Vector:
        """The days from the rows at `places` to each snapshot; NaN if it has no row that was known in time."""
        ages: Vector = np.full(len(self._moments), np.nan)
        found = self._ends > self._firsts
        ages[found] = self._moments.days[found] - self._days[places[found]]
        return ages

    @cached_property
    def _late_pairs(self) -> Pairs:
        return self._moments.after(self._late.accounts, self._late.known)

    @cached_property
    def _late_ages(self) -> Whole:
        ages: Whole = self._moments.days[self._late_pairs.moments] - self._late.days[self._late_pairs.rows]
        return ages
