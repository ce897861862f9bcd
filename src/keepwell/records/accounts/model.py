"""Accounts as clients see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.errors import Conflict
from keepwell.platform.fields import Text

AccountStatus = Literal["active", "trial", "churned", "prospect"]
AccountSort = Literal["name", "-name", "mrr", "-mrr", "since", "-since"]


class AccountHasMoney(Conflict):
    """The books contain invoices or charges of the account, so it is not deleted."""

    code = "account-has-money"


class ErasedAccountId(Conflict):
    """The id belonged to an account whose person was erased, or is that account's: nothing of a person is added to it."""

    code = "erased-account"


class AccountItem(msgspec.Struct, frozen=True):
    """An account as of today. A prospect never paid; `since` is the start of its first subscription.

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


class AccountFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of an account list; `search` matches part of the name or external id."""

    search: str | None = None
    status: AccountStatus | None = None
    plan: str | None = None
    sort: AccountSort = "-mrr"


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
