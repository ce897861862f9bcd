"""Accounts as clients see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.errors import Conflict, DataValidationError
from keepwell.platform.values.fields import Text

AccountStatus = Literal["active", "trial", "churned", "prospect"]
AccountSort = Literal["name", "-name", "mrr", "-mrr", "since", "-since", "churned_on", "-churned_on"]
# How an account on the save list may leave.
RiskKind = Literal["voluntary", "involuntary"]


class AccountHasMoney(Conflict):
    """The books contain invoices or charges of the account, so it is not deleted."""

    code = "account-has-money"


class ErasedAccountId(Conflict):
    """The id belonged to an account whose person was erased, or is that account's: nothing of a person is added to it."""

    code = "erased-account"


class AccountItem(msgspec.Struct, frozen=True):
    """An account as of today. A prospect never paid; `since` is the start of its first subscription.

    `churned_on` is the day on which its last paid service ended, if its status is churned.

    `revenue_uncertain_since` is the day since which one of its subscriptions cannot be read, so that its last known
    price continues, and `revenue_uncertain_because` says why. Both are None if all subscriptions can be read.
    `erased_at` is when the person behind it was erased; its books stay.
    """

    id: UUID
    external_id: str
    name: str
    status: AccountStatus
    plan: str | None
    mrr: str
    currency: str
    policy: str
    since: date | None
    churned_on: date | None
    industry: str | None
    country: str | None
    signed_up_on: date | None
    version: int
    revenue_uncertain_since: date | None
    revenue_uncertain_because: str | None
    erased_at: datetime | None


class AccountName(msgspec.Struct, frozen=True):
    """An account's id, external id and name."""

    id: UUID
    external_id: str
    name: str


class AccountAttributes(msgspec.Struct, frozen=True):
    """What an account is; None if it is not on record."""

    id: UUID
    external_id: str
    country: str | None
    industry: str | None
    signed_up_on: date | None


class ErasedAccount(msgspec.Struct, frozen=True):
    """The account that had an id before its person was erased, and when that was."""

    id: UUID
    erased_at: datetime


class PersonState(msgspec.Struct, frozen=True):
    """When the person behind an account was erased; None if they were not."""

    erased_at: datetime | None


class MoneyOnRecord(msgspec.Struct, frozen=True):
    """How many invoices and charges an account has."""

    invoices: int
    charges: int


class AccountPage(msgspec.Struct, frozen=True):
    """A page of accounts, and the cursor of the next page, if any."""

    items: Sequence[AccountItem]
    next: str | None


class AccountFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a filter about an account's figures; both ends of a range are included.

    `risk` and `kind` are those of the save list: only accounts on it have them, and those that are left alone have none.
    """

    mrr_from: Decimal | None = None
    mrr_to: Decimal | None = None
    since_from: date | None = None
    since_to: date | None = None
    churned_from: date | None = None
    churned_to: date | None = None
    risk_from: float | None = None
    risk_to: float | None = None
    kind: RiskKind | None = None

    @property
    def names_risk(self) -> bool:
        """Whether it finds only accounts on the save list."""
        return (self.kind, self.risk_from, self.risk_to) != (None, None, None)

    def require_ranges(self) -> None:
        """Raise DataValidationError that names the parameter if a range ends before it begins."""
        for name in ("mrr", "since", "churned", "risk"):
            first, last = getattr(self, f"{name}_from"), getattr(self, f"{name}_to")
            if first is not None and last is not None and last < first:
                raise DataValidationError(
                    f"{name}_to: {last} is below {name}_from: {first}.", hint="Swap the two."
                )


class AccountFilter(AccountFigures, frozen=True, kw_only=True):
    """Filter and order of an account list; `search` matches part of the name or external id."""

    search: str | None = None
    status: AccountStatus | None = None
    plan: str | None = None
    country: str | None = None
    industry: str | None = None
    sort: AccountSort = "-mrr"


class AccountTotals(msgspec.Struct, frozen=True):
    """The number of accounts that a filter finds, of those that pay, and the MRR of all of them."""

    accounts: int
    paying: int
    mrr: str
    currency: str
    policy: str


class FacetValue(msgspec.Struct, frozen=True):
    """A value that accounts have, and how many have it."""

    value: str
    accounts: int


class AccountFacets(msgspec.Struct, frozen=True):
    """The values by which accounts can be filtered, the most common first; at most 200 of each."""

    plans: Sequence[FacetValue]
    countries: Sequence[FacetValue]
    industries: Sequence[FacetValue]


class FacetRow(msgspec.Struct, frozen=True):
    """A value of one facet."""

    facet: Literal["plans", "countries", "industries"]
    value: str
    accounts: int


class MatchingAccount(msgspec.Struct, frozen=True):
    """An account whose name or external id has the text that is searched for."""

    id: UUID


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer to add; `external_id` is its id in the source system."""

    external_id: Text
    name: Text
    industry: Text | None = None
    country: Text | None = None
    signed_up_on: date | None = None


class AccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change."""

    name: Text | UnsetType = UNSET
    industry: Text | UnsetType | None = UNSET
    country: Text | UnsetType | None = UNSET
    signed_up_on: date | UnsetType | None = UNSET


class AccountRef(msgspec.Struct, frozen=True):
    """An account by its id, and its name for whoever reads it."""

    id: UUID
    name: str


class AccountGroup(msgspec.Struct, frozen=True):
    """What has something in common: how many, their amount in the workspace's currency, and the first three accounts.

    `amount` is null if there is no exchange rate for one of them. The first are those with the largest amounts.
    """

    count: int
    amount: str | None
    first: Sequence[AccountRef]


class GroupRow(msgspec.Struct, frozen=True):
    """One of the first accounts of a group, with the count and amount of the whole group."""

    account_id: UUID
    name: str
    count: int
    amount: str | None


def group_of(rows: Sequence[GroupRow]) -> AccountGroup:
    """The group that `rows` are the first accounts of; none if there are no rows."""
    if not rows:
        return AccountGroup(0, "0.00", [])
    return AccountGroup(rows[0].count, rows[0].amount, [AccountRef(row.account_id, row.name) for row in rows])
