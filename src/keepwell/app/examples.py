"""One example of each body for the OpenAPI description; a test validates them against their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ACCOUNT_ID = "0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d"
_SUBSCRIPTION_ID = "0190b3c2-1f6b-7a10-8d21-5b7a9c0d1e2f"

_NEW_ACCOUNT = {"external_id": "cus_1042", "name": "Northwind Tools", "country": "CH"}
_NEW_SUBSCRIPTION = {
    "external_id": "sub_2210",
    "account_id": _ACCOUNT_ID,
    "plan": "Pro",
    "seats": 3,
    "amount": "87.00",
    "amount_per": "month",
    "interval": "month",
    "starts_on": "2026-03-01",
}
_NEW_INVOICE = {
    "external_id": "in_5511",
    "account_id": _ACCOUNT_ID,
    "status": "open",
    "total": "94.05",
    "tax": "7.05",
    "issued_on": "2026-03-01",
}

_CHARGE_ID = "0190b3c2-1f6c-7d41-9b02-7c9d1e2f3a4b"
_METHOD_ID = "0190b3c2-1f6d-7e52-8c13-8dae2f3a4b5c"
_NEW_CHARGE = {
    "external_id": "ch_7731",
    "account_id": _ACCOUNT_ID,
    "status": "failed",
    "amount": "94.05",
    "decline_code": "insufficient_funds",
    "advice_code": "try_again_later",
    "payment_method_id": _METHOD_ID,
    "charged_at": "2026-03-01T06:00:00Z",
}
_NEW_PAYMENT_METHOD = {
    "external_id": "pm_3307",
    "account_id": _ACCOUNT_ID,
    "brand": "visa",
    "last4": "4242",
    "exp_month": 8,
    "exp_year": 2029,
    "gateway": "stripe",
    "gateway_reference": "pm_3307",
    "is_default": True,
}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "NewAccount": _NEW_ACCOUNT,
    "AccountChange": {"name": "Northwind Tools AG"},
    "NewContact": {
        "account_id": _ACCOUNT_ID,
        "name": "Front desk",
        "email": "desk@arcade.example",
        "locale": "de-CH",
    },
    "ContactChange": {"is_billing": True},
    "WorkspaceChange": {"time_zone": "Europe/Zurich", "holdout_shares": {"follow_up": "0.2"}},
    "PreferencesChange": {"quiet_from": "20:00", "quiet_until": "07:00"},
    "NewPlan": {
        "external_id": "pro",
        "name": "Pro",
        "amount": "29.00",
        "amount_per": "month",
        "currency": "USD",
    },
    "PlanChange": {"is_archived": True},
    "NewSubscription": _NEW_SUBSCRIPTION,
    "SubscriptionChange": {"cancelled_on": "2026-05-03", "ends_on": "2026-06-01", "end_reason": "voluntary"},
    "NewInvoice": _NEW_INVOICE,
    "NewEndpoint": {
        "url": "https://shop.example.com/keepwell",
        "description": "Notifies our shop",
        "events": ["account.updated", "subscription.deleted"],
    },
    "EndpointChange": {"is_enabled": True},
    "NewRates": {"rates": [{"currency": "EUR", "on": "2026-03-01", "rate": "1.0842"}]},
    "NewRate": {"currency": "EUR", "on": "2026-03-01", "rate": "1.0842"},
    "ReplayRequest": {"code": "missing-field", "journal": "http"},
    "ReplayFailed": {"since": "2026-05-01T00:00:00Z"},
    "InvoiceChange": {"status": "paid", "amount_paid": "94.05", "paid_on": "2026-03-04"},
    "NewCharge": _NEW_CHARGE,
    "ChargeChange": {"status": "failed", "decline_code": "expired_card"},
    "NewRefund": {
        "external_id": "re_1180",
        "charge_id": _CHARGE_ID,
        "amount": "20.00",
        "reason": "requested_by_customer",
        "refunded_at": "2026-03-09T10:15:00Z",
    },
    "NewPaymentMethod": _NEW_PAYMENT_METHOD,
    "PaymentMethodChange": {"exp_month": 8, "exp_year": 2033},
    "NewMember": {"name": "Support", "role": "agent", "email": "support@example.org"},
    "MemberChange": {"role": "analyst"},
    "DigestSetting": {"is_on": False},
    "NewCaseContact": {"channel": "phone", "note": "Asks for fewer seats."},
    "LinkRequest": {"email": "ada@example.org"},
    "Credentials": {"email": "ada@example.org", "password": "correct horse battery"},
    "NewPassword": {"password": "correct horse battery"},
    "RefreshGrant": {"grant_type": "refresh_token", "refresh_token": "kwr_0w4Jm"},
    "AskedAccounts": {"accounts": ["cus_1042", _ACCOUNT_ID]},
    "NewToken": {"name": "nightly report", "scopes": ["read", "export"]},
    "NewWriteKey": {"name": "website"},
    "NewConnection": {"api_key": "rk_test_0w4Jm9sQ", "currency": "USD"},
    "WorkspaceChoice": {"workspace_id": "0190b3c2-1f60-7b3a-8d11-2a4c6e8f0b1d"},
    "Correction": {
        "id": "http:0:17",
        "row": '{"type": "track", "event": "Report exported", "userId": "user-7", "messageId": "m-1042", '
        '"timestamp": "2026-03-01T09:30:00Z", "context": {"groupId": "cus_1042"}}',
    },
    "AccountItem": {
        "id": _ACCOUNT_ID,
        "external_id": "cus_1042",
        "name": "Northwind Tools",
        "status": "active",
        "plan": "Pro",
        "mrr": "87.00",
        "currency": "USD",
        "policy": "default",
        "since": "2026-03-01",
        "churned_on": None,
        "industry": None,
        "country": "CH",
        "signed_up_on": None,
        "version": 1,
        "revenue_uncertain_since": None,
        "revenue_uncertain_because": None,
        "erased_at": None,
    },
    "SubscriptionItem": {
        "id": _SUBSCRIPTION_ID,
        "external_id": "sub_2210",
        "account_id": _ACCOUNT_ID,
        "status": "active",
        "plan": "Pro",
        "seats": 3,
        "amount": "87.00",
        "list_amount": None,
        "amount_per": "month",
        "interval": "month",
        "currency": "USD",
        "mrr": "87.00",
        "starts_on": "2026-03-01",
        "ends_on": None,
        "is_trial": False,
        "cancelled_on": None,
        "end_reason": None,
        "version": 1,
    },
    "Problem": {
        "type": "/docs/#problem-precondition-failed",
        "title": "Precondition Failed",
        "status": 412,
        "detail": "It was changed by somebody else since you read it.",
        "code": "precondition-failed",
        "hint": 'GET the record again, and send its ETag: it is "4" now.',
        "instance": f"/v1/accounts/{_ACCOUNT_ID}",
        "outcome": "not_done",
        "retryable": False,
    },
}
