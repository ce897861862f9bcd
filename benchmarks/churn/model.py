"""What is known of a simulated business: its exports and events for the product, and the truth for the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
import pyarrow as pa

from keepwell.churn.model import ProblemKind

UNTIL = date(2026, 7, 1)
HORIZON_DAYS = 30
# Days one horizon apart with a whole horizon before `UNTIL`, and both activity windows within the year: as the pipeline has them.
# It predicts the later half. The list is made on `UNTIL`.
DAYS = tuple(UNTIL - timedelta(days=HORIZON_DAYS * steps) for steps in range(10, -1, -1))
FORKED = DAYS[5:]


class Problem(msgspec.Struct, frozen=True, array_like=True):
    """A payment that failed or an invoice that was not paid by its due day, as known on a day."""

    account: str
    kind: ProblemKind
    since: date
    until: date | None


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """An account that pays on a day; `state` is what an outsider can see of it, in the order of `observable.COLUMNS`.

    `mrr` is in dollars. `left` says what then happened, as far as the sample reaches. On the days `FORKED` `truth` is the probability of leaving without any contact, `error` its
    standard error, `contacted` the same with the contacts of the sample, and `knowable` the same without what could not be known on that
    day: a price that rises or a release that comes later. None if there is no fork to tell it, or it is the truth.
    """

    account: str
    day: date
    state: Sequence[float]
    mrr: float
    has_announced: bool
    is_treated: bool
    left: bool
    truth: float | None = None
    error: float | None = None
    contacted: float | None = None
    knowable: float | None = None


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What the studio's tools export on the last day: rows of subscriptions.csv, payment problems, and days with payments."""

    subscriptions: Sequence[Mapping[str, str]]
    problems: Sequence[Problem]
    paid_days: Sequence[date]


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """A business: its export, and who paid on each of the `DAYS`."""

    seed: int
    accounts: int
    export: Export
    moments: Sequence[Moment]


class Business(msgspec.Struct, frozen=True, kw_only=True):
    """The records and all events, with the columns of `keepwell.intake.service.events_table`."""

    records: Records
    events: pa.Table
