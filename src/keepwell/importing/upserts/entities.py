"""The tables that an import writes, with their columns in the order that every statement uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, LiteralString, TypeAlias

Entity: TypeAlias = Literal[
    "plans",
    "accounts",
    "subscriptions",
    "unreadable_subscriptions",
    "payment_methods",
    "invoices",
    "charges",
    "refunds",
]

# In write order, so that referenced rows exist; undo goes in reverse.
COLUMNS: Mapping[Entity, Mapping[LiteralString, LiteralString]] = {
    "plans": {
        "name": "text",
        "amount": "numeric",
        "amount_per": "text",
        "currency": "text",
        "archived_at": "timestamptz",
    },
    "accounts": {"name": "text", "industry": "text", "country": "text", "signed_up_on": "date"},
    "subscriptions": {
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
    "unreadable_subscriptions": {
        "account_id": "uuid",
        "since": "date",
        "until": "date",
        "field": "text",
        "code": "text",
        "reason": "text",
        "unrated_currency": "text",
    },
    "payment_methods": {
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
    "invoices": {
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
    "charges": {
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
    "refunds": {
        "charge_id": "uuid",
        "currency": "text",
        "amount": "numeric",
        "reason": "text",
        "refunded_at": "timestamptz",
    },
}
VERSIONED: frozenset[Entity] = frozenset(
    {"plans", "accounts", "subscriptions", "payment_methods", "invoices", "charges"}
)
