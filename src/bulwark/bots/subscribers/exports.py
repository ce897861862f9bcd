"""Accounts and subscriptions as another company's tools would export them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bulwark.bots.population.files import write_table
from bulwark.bots.population.tables import PLAYER_COLUMNS, player_cells, truth
from bulwark.bots.subscribers.account import Account, AccountHistory
from bulwark.bots.subscribers.terms import CURRENCY, Subscription

ACCOUNT_COLUMNS = ("account_id", "name", "kind", "country", "signed_up_on", "synthetic")
SUBSCRIPTION_COLUMNS = (
    "subscription_id", "account_id", "plan", "seats", "amount", "billing", "currency",
    "starts_on", "ends_on", "is_trial", "cancelled_on", "end_reason",
)  # fmt: skip


def write_accounts(path: Path, histories: Iterable[AccountHistory]) -> int:
    """Write who the customers are; returns their number."""
    return write_table(path, ACCOUNT_COLUMNS, (_account_cells(each.account) for each in histories))


def write_subscriptions(path: Path, histories: Iterable[AccountHistory]) -> int:
    """Write what they paid for and when; returns the number of subscriptions."""
    rows = (row for each in histories for row in each.subscriptions)
    return write_table(
        path,
        SUBSCRIPTION_COLUMNS,
        (_subscription_cells(number, row) for number, row in enumerate(rows, start=1)),
    )


def write_members(path: Path, histories: Iterable[AccountHistory]) -> int:
    """Write who plays on which account; returns their number."""
    return write_table(path, ("account_id", *PLAYER_COLUMNS), _member_rows(histories))


def _member_rows(histories: Iterable[AccountHistory]) -> Iterator[Sequence[object]]:
    for history in histories:
        for member in history.members:
            cells = player_cells(
                member.player, member.career, sessions=member.sessions, has_left=member.is_away
            )
            yield (history.account.account_id, *cells)


def _account_cells(account: Account) -> Sequence[object]:
    kind = "Guild" if account.is_guild else "Individual"
    return (account.account_id, account.name, kind, account.country, account.signed_up_on, truth(True))  # noqa: FBT003  every row is


def _subscription_cells(number: int, row: Subscription) -> Sequence[object]:
    # A trial costs nothing; the export contains what is charged.
    return (
        f"S-{number:05}",
        row.account_id,
        row.terms.plan.value,
        row.terms.seats,
        "0.00" if row.is_trial else row.terms.amount,
        row.terms.billing.value,
        CURRENCY,
        row.starts_on,
        row.ends_on,
        truth(row.is_trial),
        row.cancelled_on,
        row.end_reason,
    )
