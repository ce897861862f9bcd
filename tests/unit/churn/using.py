"""Events of use, and what is learnt of them by the door of inactivity, for the tests of the churn room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import ibis
import msgspec
import pyarrow as pa

from keepwell.churn.doors.inactivity import Inactivity
from keepwell.churn.doors.model import KnownAccount
from keepwell.churn.features import midnight
from keepwell.churn.pipeline import LearningResult, learn
from keepwell.platform.progress import SilentProgress

START = date(2024, 1, 1)
TODAY = START + timedelta(days=360)
HORIZON = 30


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """An event of an account, on a day since the start at nine in the morning, and its properties as JSON."""

    account: str
    day: int
    event: str = "opened"
    properties: str = "{}"
    known_day: int | None = None

    @property
    def at(self) -> datetime:
        # Not in the same minute as anybody else: most accounts at once would be a system.
        return midnight(START + timedelta(days=self.day)) + timedelta(
            hours=9, seconds=61 * (hash_of(self.account) % 400)
        )


def hash_of(text: str) -> int:
    return sum(ord(letter) * 31**place for place, letter in enumerate(text))


def table_of(uses: Iterable[Use]) -> ibis.Table:
    listed = list(uses)
    known = [each.at + timedelta(days=(each.known_day or each.day) - each.day) for each in listed]
    instants = pa.timestamp("us", tz="UTC")
    return ibis.memtable(
        pa.table(
            {
                "account": pa.array([each.account for each in listed], pa.string()),
                "ts": pa.array([each.at for each in listed], instants),
                "event": pa.array([each.event for each in listed], pa.string()),
                "known_at": pa.array(known, instants),
                "properties": pa.array([each.properties for each in listed], pa.string()),
            }
        )
    )


def accounts(names: Iterable[str]) -> list[KnownAccount]:
    return [KnownAccount(UUID(int=number), name) for number, name in enumerate(sorted(set(names)), start=1)]


def learned(
    uses: Sequence[Use],
    *,
    names: Iterable[str] | None = None,
    today: date = TODAY,
    active_within: int = 60,
    amount: str | None = None,
    horizon: int = HORIZON,
) -> LearningResult:
    known = accounts(each.account for each in uses) if names is None else accounts(names)
    return learn(
        Inactivity(known, active_within_days=active_within, amount=amount),
        table_of(uses),
        today=today,
        horizon_days=horizon,
        progress=SilentProgress(),
    )
