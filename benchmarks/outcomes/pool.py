"""Lives of the sample's accounts over two years, each twice: as it was, and with the same luck and without any contact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from benchmarks.sample_spans import account_id_of
from keepwell.churn.cases.episodes.deciding import Decision, Paid, decide
from keepwell.churn.cases.model import Arm
from keepwell.sample.account_life import AccountLife
from keepwell.sample.business import BusinessSpec
from keepwell.sample.follow_ups import HORIZON
from keepwell.sample.model import Window

UNTIL = date(2026, 7, 1)
MONTHS = 24
_WINDOW = Window(UNTIL - timedelta(days=730), UNTIL)
_ONE_DAY = timedelta(days=1)
_CENTS = 100
_MONTHS_OF_A_YEAR = 12


class PooledCase(NamedTuple):
    """A case that has ended, with its outcome, and that of the same day in the world without contacts; MRR in the account's currency."""

    account_id: UUID
    arm: Arm
    opened_on: date
    ends_on: date
    mrr: Decimal
    found: Decision
    without: Decision
    contacts: int


class PooledLife(NamedTuple):
    """The cases of one account: those of the world with contacts, and those of the world without, where an arm means nothing."""

    cases: Sequence[PooledCase]
    without: Sequence[PooledCase]


def lives_of(seed: int, *, accounts: int) -> Iterator[PooledLife]:
    """The accounts of one business, in their order; the same arguments give the same lives."""
    pairs = zip(_lived(seed, accounts, contacts=True), _lived(seed, accounts, contacts=False), strict=True)
    for number, (life, without) in enumerate(pairs):
        # Numbers of accounts are the same in each business.
        account_id = UUID(int=account_id_of(life.account.account_id).int + (seed << 32))
        assert life.account.account_id == without.account.account_id, number  # noqa: S101  a bench of twins
        yield PooledLife(list(_cases(life, without, account_id)), list(_cases(without, without, account_id)))


def _lived(seed: int, accounts: int, *, contacts: bool) -> Iterator[AccountLife]:
    spec = BusinessSpec(seed=seed, window=_WINDOW, accounts=accounts, contacts=contacts)
    for life in spec.lives():
        life.advance_to(UNTIL)
        life.take_calls()
        yield life


def _cases(life: AccountLife, without: AccountLife, account_id: UUID) -> Iterator[PooledCase]:
    for row in life.follow_ups.rows:
        ends_on = row.enrolled_on + HORIZON
        if ends_on >= UNTIL:
            continue
        yield PooledCase(
            account_id,
            "act" if row.arm == "act" else "hold",
            row.enrolled_on,
            ends_on,
            _monthly(life, row.enrolled_on - _ONE_DAY),
            _outcome(life, row.enrolled_on, ends_on),
            _outcome(without, row.enrolled_on, ends_on),
            int(row.contacted_at is not None),
        )


def _outcome(life: AccountLife, opened_on: date, ends_on: date) -> Decision:
    """As the product decides it of the account's movements."""
    before, after = _monthly(life, opened_on - _ONE_DAY), _monthly(life, ends_on)
    paid = Paid(after * _MONTHS_OF_A_YEAR, (after - before) * _MONTHS_OF_A_YEAR)
    return decide(paid, horizon_ends_on=ends_on, records_until=ends_on, is_readable=True)


def _monthly(life: AccountLife, on: date) -> Decimal:
    """What the account pays a month on that day."""
    return sum(
        (
            Decimal(span.terms.amount) / span.terms.billing.months / _CENTS
            for span in life.contract.subscriptions
            if not span.is_trial and span.starts_on <= on and (span.ends_on is None or on < span.ends_on)
        ),
        Decimal(0),
    )
