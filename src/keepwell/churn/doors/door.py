"""The two doors into a training, as the rest of it sees them: which accounts on which days, and which of them left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

import ibis

from keepwell.churn.counting.activity import Inputs
from keepwell.churn.counting.snapshots import SnapshotColumns
from keepwell.churn.doors.model import Period
from keepwell.churn.label import Label
from keepwell.churn.model import Snapshot
from keepwell.churn.sources.coverage import Source
from keepwell.churn.sources.event_survey import EventDays

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Whole

Rows = TypeVar("Rows", bound=SnapshotColumns)


class Outcomes(NamedTuple):
    """Whether each account left, and whether that can be known: not of an account that was not there on the day."""

    left: Mask
    is_known: Mask


class Group(Protocol[Rows]):
    """The accounts that a training looks at; rows of `SnapshotColumns` have places in `external_ids` and `account_ids`."""

    label: Label
    account_ids: Sequence[UUID]
    external_ids: Sequence[str]

    @property
    def personal_kinds(self) -> int:
        """How many kinds of event of theirs have names that look like personal data, and so no input of their own."""
        ...

    @property
    def current(self) -> Rows:
        """Those on the day of the list."""
        ...

    @property
    def past(self) -> Rows:
        """Those on earlier days whose outcome is known."""
        ...

    @property
    def covered(self) -> Rows:
        """Those of the past before which use was recorded for long enough."""
        ...

    def on(self, days: Sequence[date]) -> Rows:
        """Those on each of these days, at least one."""
        ...

    def left(self, taken: Rows) -> Mask:
        """Whether each of the rows, of days whose outcome is known, left within the horizon."""
        ...

    def outcomes(self, accounts: Whole, day: date, *, days: int) -> Outcomes:
        """What became of the accounts with these places within so many days from `day` on, which must be on record."""
        ...

    def inputs(self, taken: Rows, *, known_on: Whole) -> Inputs:
        """The inputs of each row; payments made after the day `known_on` are not known."""
        ...

    def snapshots(self) -> Sequence[Snapshot]:
        """The `current` rows as snapshots."""
        ...

    def known_of(self, taken: Rows) -> Mapping[str, Sequence[str]]:
        """What was known of each row on its day, by the name of the attribute."""
        ...


class Door(Protocol):
    """Where a training begins: the records of a workspace, and what leaving means."""

    def sources(self, seen: EventDays, *, today: date) -> Sequence[Source]:
        """The sources whose silence would look like leaving or staying."""
        ...

    def scored_on(self, *, observed: date, has_events: bool, today: date) -> date:
        """The day of the list, never before `observed`."""
        ...

    def group(self, events: ibis.Table, period: Period, *, like: Sequence[str] | None = None) -> Group[Any]:
        """The accounts to look at; raises NothingToScore if there is none, TooLittleHistory if no horizon has been observed.

        Their inputs have these names, those of a model's, if they are given `like` it; otherwise what is common decides.
        """
        ...
