"""The SQL that reads what is stored, before an import adds to it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from keepwell.importing.upserts.rows import PaymentMethodRow, SubscriptionRow, UnreadableRow
from keepwell.importing.upserts.store import KnownRow, PerEntity
from keepwell.platform.statements import Query
from keepwell.records.model import EndReason, Interval


class StoredSubscription(msgspec.Struct, frozen=True):
    """A stored subscription row, with its account's external id."""

    external_id: str
    account: str
    plan: str
    seats: int
    amount: Decimal
    amount_per: str
    billing_interval: str
    currency: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: str | None
    list_amount: Decimal | None
    past_due_since: date | None

    @property
    def stripe_id(self) -> str:
        """The id of the subscription at Stripe, if the row is one of its items or phases."""
        return self.external_id.partition("#")[0].partition("/")[0]

    def as_subscription_row(self) -> SubscriptionRow:
        """The row as an import would write it."""
        values = {name: getattr(self, name) for name in SubscriptionRow.__struct_fields__}
        values |= {
            "amount_per": Interval(self.amount_per),
            "billing_interval": Interval(self.billing_interval),
            "end_reason": EndReason(self.end_reason) if self.end_reason else None,
        }
        return SubscriptionRow(**values)


class StoredContact(msgspec.Struct, frozen=True):
    """A stored contact, with its account's external id."""

    external_id: str
    account: str
    name: str | None
    email: str | None
    phone: str | None
    locale: str | None
    time_zone: str | None
    website: str | None
    is_billing: bool
    unsubscribed_at: datetime | None


class SubscriptionAccount(msgspec.Struct, frozen=True):
    """A subscription's and its account's external ids."""

    subscription: str
    account: str


class Invoiced(msgspec.Struct, frozen=True):
    """An invoice's account, by the source's id, and its currency."""

    external_id: str
    account: str
    currency: str


class Charged(msgspec.Struct, frozen=True):
    """What a charge took."""

    external_id: str
    status: str
    currency: str
    amount: Decimal


class Refunded(msgspec.Struct, frozen=True):
    """What a refund of a charge gave back."""

    external_id: str
    charge: str
    amount: Decimal


class RecordOfErased(msgspec.Struct, frozen=True):
    """A record of an account whose person was erased."""

    entity: str
    external_id: str


class PastDue(msgspec.Struct, frozen=True):
    """Since when a stored subscription is past due."""

    external_id: str
    since: date


class ExternalId(msgspec.Struct, frozen=True):
    """The source's id of a stored record."""

    external_id: str


class RowCount(msgspec.Struct, frozen=True):
    """A number of rows."""

    rows: int


class HasAccounts(msgspec.Struct, frozen=True):
    """Whether a workspace has any account."""

    has_accounts: bool


# Those that still cannot be read: of the given ids, or all.
UNREADABLE = Query(
    """
    select u.external_id, a.external_id as account, u.since, u.until, u.field, u.code, u.reason, u.unrated_currency
    from unreadable_subscriptions u join accounts a on (a.workspace_id, a.id) = (u.workspace_id, u.account_id)
    where u.workspace_id = %(workspace_id)s and u.until is null
      and (%(external_ids)s::text[] is null or u.external_id = any(%(external_ids)s))
    """,
    UnreadableRow,
)

PAST_DUE = Query(
    """
    select external_id, past_due_since as since from subscriptions
    where workspace_id = %(workspace_id)s and past_due_since is not null
    """,
    PastDue,
)

# The ids of stored records that come from Stripe's API, which knows their history; an export has only their present state.
# One that only undone imports had changed is a file's again.
IDS_FROM_API = PerEntity(
    """
    with read as (
      select id from stripe_objects where workspace_id = %(workspace_id)s
    ), of_stripe as (
      select c.row_id, i.status <> 'undone' as stands
      from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
      where c.workspace_id = %(workspace_id)s and i.source in ('stripe', 'stripe-webhook')
    ), undone as (
      select row_id from of_stripe where not stands except select row_id from of_stripe where stands
    )
    select distinct $source_id as external_id from $table
    where workspace_id = %(workspace_id)s and $source_id in (select id from read)
      and id not in (select row_id from undone)
    """,
    ExternalId,
)

EXTERNAL_IDS = PerEntity("select external_id from $table where workspace_id = %(workspace_id)s", ExternalId)

# Running subscriptions that an earlier import of the same mapping wrote, and that are not among the given ids. An import
# that was interrupted after its records has written them too.
COUNT_MISSING = Query(
    """
    select count(distinct s.id)::int as rows
    from subscriptions s
    where s.workspace_id = %(workspace_id)s and (s.ends_on is null or s.ends_on > %(on)s)
      and not s.external_id = any(%(external_ids)s::text[])
      and not split_part(s.external_id, '#', 1) = any(%(external_ids)s::text[])
      and exists (
        select from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
        where c.workspace_id = s.workspace_id and c.entity = 'subscriptions' and c.row_id = s.id
          and i.source = 'file' and i.mapping = %(mapping)s and i.status <> 'undone')
    """,
    RowCount,
)

PAYMENT_METHODS = Query(
    """
    select p.external_id, a.external_id as account, p.brand, p.last4, p.exp_month::int as exp_month,
           p.exp_year::int as exp_year, p.gateway, p.gateway_reference, p.is_default, p.created_at
    from payment_methods p join accounts a on (a.workspace_id, a.id) = (p.workspace_id, p.account_id)
    where p.workspace_id = %(workspace_id)s
      and (p.external_id = any(%(external_ids)s::text[]) or a.external_id = any(%(accounts)s::text[]))
    order by p.external_id
    """,
    PaymentMethodRow,
)

# What a charge has to agree with.
INVOICED = Query(
    """
    select i.external_id, a.external_id as account, i.currency
    from invoices i join accounts a on (a.workspace_id, a.id) = (i.workspace_id, i.account_id)
    where i.workspace_id = %(workspace_id)s
    """,
    Invoiced,
)

# What a refund has to agree with.
CHARGED = Query(
    "select external_id, status, currency, amount from charges where workspace_id = %(workspace_id)s", Charged
)

REFUNDED = Query(
    """
    select r.external_id, c.external_id as charge, r.amount
    from refunds r join charges c on (c.workspace_id, c.id) = (r.workspace_id, r.charge_id)
    where r.workspace_id = %(workspace_id)s
    """,
    Refunded,
)

RECORDS_OF_ERASED = Query(
    """
    with erased as (
      select id from accounts where workspace_id = %(workspace_id)s and erased_at is not null
    )
    select 'subscriptions' as entity, external_id from subscriptions
    where workspace_id = %(workspace_id)s and account_id in (select id from erased)
    union all
    select 'charges', external_id from charges
    where workspace_id = %(workspace_id)s and account_id in (select id from erased)
    """,
    RecordOfErased,
)

ACCOUNT_IDS = Query("select external_id, id from accounts where workspace_id = %(workspace_id)s", KnownRow)

SUBSCRIPTION_ACCOUNTS = Query(
    """
    select s.external_id as subscription, a.external_id as account
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s
    """,
    SubscriptionAccount,
)

SUBSCRIPTIONS_OF_ACCOUNTS = Query(
    """
    select s.external_id, a.external_id as account, s.plan, s.seats, s.amount, s.amount_per, s.billing_interval,
           s.currency, s.starts_on, s.ends_on, s.is_trial, s.cancelled_on, s.end_reason, s.list_amount,
           s.past_due_since
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s and a.external_id = any(%(accounts)s::text[])
    order by s.external_id
    """,
    StoredSubscription,
)

# Those with the given ids, and the billing contacts of the given accounts.
CONTACTS = Query(
    """
    select c.external_id, a.external_id as account, c.name, c.email, c.phone, c.locale, c.time_zone, c.website,
           c.is_billing, c.unsubscribed_at
    from contacts c join accounts a on (a.workspace_id, a.id) = (c.workspace_id, c.account_id)
    where c.workspace_id = %(workspace_id)s
      and (c.external_id = any(%(external_ids)s::text[])
           or (c.is_billing and a.external_id = any(%(accounts)s::text[])))
    """,
    StoredContact,
)

HAS_ACCOUNTS = Query(
    "select exists (select from accounts where workspace_id = %(workspace_id)s) as has_accounts", HasAccounts
)
