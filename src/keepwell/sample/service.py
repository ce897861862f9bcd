"""Writing the sample business's export, as if another company's tools had made it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from keepwell.platform.errors import InfrastructureError
from keepwell.platform.progress import Progress, Step, counted
from keepwell.sample.model import CURRENCY, Account, AccountHistory, Event, Subscription, Window
from keepwell.sample.population import lives

DEFAULT_ACCOUNTS = 400

_README = """\
SYNTHETIC DATA

A business that does not exist: no company, customer or payment in these files is real. Made by
Keepwell's sample generator with the seed {seed}, for the twelve months before {until}.

  accounts.csv       {accounts:>9,} rows   customers; the column `synthetic` is true in each
  subscriptions.csv  {subscriptions:>9,} rows   what they paid for, and when; amounts in {currency} per billing period
  events.csv         {events:>9,} rows   what they did in the product, and payments that failed

A change of plan or seats ends one subscription and begins another on the same day. `ends_on` is the
first day without service. Accounts may have signed up before the twelve months; their events begin
with them. The same seed and day give the same bytes.
"""


class SampleWritten(msgspec.Struct, frozen=True):
    """Where the export is and how many rows it has."""

    folder: Path
    accounts: int
    subscriptions: int
    events: int


def write_export(
    folder: Path, *, seed: int, until: date, accounts: int = DEFAULT_ACCOUNTS, progress: Progress
) -> SampleWritten:
    """Write the twelve months before `until` to `folder`: three CSV files and a README.txt.

    The same arguments give the same bytes. Raises InfrastructureError where the files cannot be written.
    """
    window = Window.before(until)
    with progress.step("Living the sample's year", total=accounts) as step:
        histories = list(counted(lives(seed, window, accounts=accounts), step, every=10))
    subscriptions = [row for history in histories for row in history.subscriptions]
    events = sorted((event for history in histories for event in history.events), key=_order)
    written = SampleWritten(folder, len(histories), len(subscriptions), len(events))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with progress.step("Writing the sample", total=len(subscriptions) + len(events)) as step:
            _write_accounts(folder, histories)
            _write_subscriptions(folder, subscriptions, step=step)
            _write_events(folder, events, step=step)
        (folder / "README.txt").write_text(_readme(written, seed=seed, until=until), encoding="utf-8")
    except OSError as error:
        hint = "Free space or choose another folder, then run the same command again."
        raise InfrastructureError(
            f"Cannot write the sample to {folder}: {error.strerror}.", hint=hint
        ) from error
    return written


def _order(event: Event) -> tuple[datetime, str, str]:
    return event.at, event.account_id, event.event


def _write_accounts(folder: Path, histories: Sequence[AccountHistory]) -> None:
    rows = (_account_cells(history.account) for history in histories)
    header = ("account_id", "name", "industry", "country", "signed_up_on", "synthetic")
    _write(folder / "accounts.csv", header, rows=rows)


def _write_subscriptions(folder: Path, subscriptions: Iterable[Subscription], *, step: Step) -> None:
    header = (
        "subscription_id", "account_id", "plan", "seats", "amount", "billing", "currency",
        "starts_on", "ends_on", "is_trial", "cancelled_on", "end_reason",
    )  # fmt: skip
    rows = (_subscription_cells(number, row) for number, row in enumerate(subscriptions, start=1))
    _write(folder / "subscriptions.csv", header, rows=counted(rows, step))


def _write_events(folder: Path, events: Iterable[Event], *, step: Step) -> None:
    header = ("event_id", "account_id", "event", "at", "source", "duration_seconds")
    rows = (_event_cells(number, event) for number, event in enumerate(events, start=1))
    _write(folder / "events.csv", header, rows=counted(rows, step))


def _account_cells(account: Account) -> Sequence[object]:
    return (
        account.account_id,
        account.name,
        account.industry,
        account.country,
        account.signed_up_on,
        str(account.synthetic).lower(),
    )


def _subscription_cells(number: int, row: Subscription) -> Sequence[object]:
    # A trial costs nothing; the export says what is charged, not what would be.
    return (
        f"S-{number:05}",
        row.account_id,
        row.terms.plan,
        row.terms.seats,
        "0.00" if row.is_trial else row.terms.amount,
        row.terms.billing,
        CURRENCY,
        row.starts_on,
        row.ends_on,
        str(row.is_trial).lower(),
        row.cancelled_on,
        row.end_reason,
    )


def _event_cells(number: int, event: Event) -> Sequence[object]:
    at = event.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (f"E-{number:07}", event.account_id, event.event, at, event.source, event.duration_seconds)


def _write(path: Path, header: Sequence[str], *, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _readme(written: SampleWritten, *, seed: int, until: date) -> str:
    return _README.format(
        seed=seed,
        until=until,
        accounts=written.accounts,
        subscriptions=written.subscriptions,
        events=written.events,
        currency=CURRENCY,
    )
