"""The provenance of a model: what it was made of and by what, so that somebody can make it again and say what has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from keepwell.churn.doors.model import KnownAccount, Question
from keepwell.churn.label import LabelName
from keepwell.churn.model import PaymentProblem
from keepwell.churn.report import USUAL_RULE, MoneyRule, RungName
from keepwell.churn.sources.coverage import SourceName
from keepwell.revenue.model import PayingSpan, Rates

InputName = Literal[
    "accounts", "subscriptions", "payments", "exchange_rates", "events", "code", "lock", "libraries"
]


class InputData(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a source: the number of records, their SHA-256, and the days of the first and the last."""

    rows: int
    sha256: str
    first_on: date | None
    last_on: date | None


class FileRead(msgspec.Struct, frozen=True):
    """A file of the lake as the manifest described it: its name, rows and SHA-256, and the segments that it was made of."""

    name: str
    rows: int
    sha256: str
    segments: Sequence[str]


class LakeRead(msgspec.Struct, frozen=True, kw_only=True):
    """The files of the lake that were read, and the SHA-256 of the segments of the journal in them, which a compaction leaves alone."""

    files: Sequence[FileRead]
    segments: Mapping[str, str]


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """The code that trained: Keepwell's version, and the SHA-256 of its sources.

    In a checkout also the commit, and whether the files differed from it; both null in an installed package.
    """

    version: str
    sources_sha256: str
    commit: str | None
    is_dirty: bool | None


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """By what a model was trained; `lock_sha256` is of the locked requirements, null in an installed package, which has none."""

    code: Code
    lock_sha256: str | None
    libraries: Mapping[str, str]


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides what a training gives, apart from its clock, which is the model's `trained_at`.

    `billing_on` is the day to which all billing was known. `records_version` is that of the changes feed: what comes after it
    has changed since. `active_within_days` and `amount` are those of the question; `accounts` is null if an earlier release trained it,
    which read none but those with subscriptions. An earlier release asked for no `rule` and took the usual one.
    """

    accounts: InputData | None = None
    subscriptions: InputData
    payments: InputData
    exchange_rates: InputData
    events: InputData
    lake: LakeRead
    billing_on: date | None
    records_version: int
    policy: str
    engine: str
    without: Sequence[SourceName]
    rungs: Sequence[RungName]
    rule: MoneyRule = USUAL_RULE
    chosen: RungName | None
    label: LabelName = "subscription"
    horizon_days: int
    active_within_days: int | None = None
    amount: str | None = None
    seed: int
    environment: Environment

    @property
    def question(self) -> Question:
        """What the training asked."""
        return Question(
            label=self.label,
            horizon_days=self.horizon_days,
            active_within_days=self.active_within_days,
            amount=self.amount,
        )


def data_of_accounts(accounts: Sequence[KnownAccount]) -> InputData:
    """Which accounts were on record, in whatever order they are given."""
    return _data([f"{each.account_id} {each.external_id}" for each in accounts], [])


def data_of_spans(spans: Sequence[PayingSpan]) -> InputData:
    """What the subscriptions were, in whatever order they are given."""
    days = [span.starts_on for span in spans] + [span.ends_on for span in spans if span.ends_on is not None]
    return _data(map(_text, spans), days)


def data_of_payments(problems: Sequence[PaymentProblem], days: Sequence[date]) -> InputData:
    """What the payment problems and the days of billing were, in whatever order they are given."""
    return _data([*map(_text, problems), *map(str, days)], days)


def data_of_rates(rates: Rates, currencies: Iterable[str]) -> InputData:
    """What the exchange rates of these currencies were."""
    found = {(each, day): rates.rate(each, day) for each in currencies for day in rates.changes(each)}
    return _data([f"{each} {day} {rate}" for (each, day), rate in found.items()], [day for _, day in found])


def data_of_lake(files: Sequence[FileRead]) -> InputData:
    """What the files of the lake were: their hashes are hashed."""
    names = [each.name.partition("/")[0].removeprefix("day=") for each in files]
    days = [date.fromisoformat(name) for name in names if name != "unknown"]
    lines = _data([f"{each.name} {each.sha256}" for each in files], days)
    return msgspec.structs.replace(lines, rows=sum(each.rows for each in files))


def _data(lines: Iterable[str], days: Sequence[date]) -> InputData:
    ordered = sorted(lines)
    return InputData(
        rows=len(ordered),
        sha256=hashlib.sha256("\n".join(ordered).encode()).hexdigest(),
        first_on=min(days, default=None),
        last_on=max(days, default=None),
    )


def _text(record: msgspec.Struct) -> str:
    return msgspec.json.encode(record, enc_hook=str).decode()
