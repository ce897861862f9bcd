"""The records that imports write, in write order: a row comes after those that it refers to."""

from __future__ import annotations

from collections.abc import Sequence

from keepwell.importing.upserts.entity import Entity, Reference
from keepwell.importing.upserts.rows import PlanRow

PLANS = Entity(
    name="plans",
    singular="plan",
    columns={
        "name": "text",
        "amount": "numeric",
        "amount_per": "text",
        "currency": "text",
        "archived_at": "timestamptz",
    },
)

ACCOUNTS = Entity(
    name="accounts",
    singular="account",
    columns={"name": "text", "industry": "text", "country": "text", "signed_up_on": "date"},
)

_ACCOUNT = Reference(field="account", column="account_id", entity=ACCOUNTS)


def _unnamed_plan(external_id: str) -> PlanRow:
    """The plan that only subscriptions name: its id is its name."""
    return PlanRow(external_id, name=external_id)


CONTACTS = Entity(
    name="contacts",
    singular="contact",
    columns={
        "account_id": "uuid",
        "name": "text",
        "email": "text",
        "phone": "text",
        "locale": "text",
        "time_zone": "text",
        "website": "text",
        "is_billing": "boolean",
        "unsubscribed_at": "timestamptz",
    },
    references=(_ACCOUNT,),
)

SUBSCRIPTIONS = Entity(
    name="subscriptions",
    singular="subscription",
    columns={
        "account_id": "uuid",
        "plan": "text",
        "seats": "integer",
        "amount": "numeric",
        "list_amount": "numeric",
        "amount_per": "text",
        "billing_interval": "text",
        "currency": "text",
        "starts_on": "date",
        "ends_on": "date",
        "is_trial": "boolean",
        "cancelled_on": "date",
        "end_reason": "text",
        "past_due_since": "date",
    },
    references=(
        _ACCOUNT,
        Reference(field="plan", column="plan", entity=PLANS, loose=True, missing=_unnamed_plan),
    ),
    # Of one subscription at Stripe: its items, and their phases.
    source_id="split_part(split_part(external_id, '#', 1), '/', 1)",
)

UNREADABLE_SUBSCRIPTIONS = Entity(
    name="unreadable_subscriptions",
    singular="unreadable subscription",
    columns={
        "account_id": "uuid",
        "since": "date",
        "until": "date",
        "field": "text",
        "code": "text",
        "reason": "text",
        "unrated_currency": "text",
    },
    references=(_ACCOUNT,),
    is_versioned=False,
)

PAYMENT_METHODS = Entity(
    name="payment_methods",
    singular="payment method",
    columns={
        "account_id": "uuid",
        "brand": "text",
        "last4": "text",
        "exp_month": "smallint",
        "exp_year": "smallint",
        "gateway": "text",
        "gateway_reference": "text",
        "is_default": "boolean",
        "created_at": "timestamptz",
    },
    references=(_ACCOUNT,),
)

INVOICES = Entity(
    name="invoices",
    singular="invoice",
    columns={
        "account_id": "uuid",
        "number": "text",
        "status": "text",
        "currency": "text",
        "total": "numeric",
        "tax": "numeric",
        "amount_paid": "numeric",
        "amount_refunded": "numeric",
        "issued_on": "date",
        "due_on": "date",
        "paid_on": "date",
    },
    references=(_ACCOUNT,),
    own="source = 'keepwell'",
)

CHARGES = Entity(
    name="charges",
    singular="charge",
    columns={
        "account_id": "uuid",
        "invoice_external_id": "text",
        "status": "text",
        "currency": "text",
        "amount": "numeric",
        "decline_code": "text",
        "advice_code": "text",
        "payment_method_id": "uuid",
        "charged_at": "timestamptz",
    },
    references=(
        _ACCOUNT,
        Reference(field="invoice", column="invoice_external_id", entity=INVOICES, loose=True),
        Reference(field="payment_method", column="payment_method_id", entity=PAYMENT_METHODS),
    ),
)

REFUNDS = Entity(
    name="refunds",
    singular="refund",
    columns={
        "charge_id": "uuid",
        "currency": "text",
        "amount": "numeric",
        "reason": "text",
        "refunded_at": "timestamptz",
    },
    references=(Reference(field="charge", column="charge_id", entity=CHARGES),),
    is_versioned=False,
)

RECORDS: Sequence[Entity] = (
    PLANS,
    ACCOUNTS,
    CONTACTS,
    SUBSCRIPTIONS,
    UNREADABLE_SUBSCRIPTIONS,
    PAYMENT_METHODS,
    INVOICES,
    CHARGES,
    REFUNDS,
)
