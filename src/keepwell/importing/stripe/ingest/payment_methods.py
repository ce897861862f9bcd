"""Payment methods as Stripe's customers and charges show them; the import reads no list of them.

A customer names its default, a charge shows the card that it was tried on. Charges come in any order: of two expiries
of one method the later one counts, since cards are renewed, never shortened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from keepwell.importing import store
from keepwell.importing.stripe.model import CardDetails, StripeObject, utc_time
from keepwell.importing.upserts.rows import AccountRow, ChargeRow, PaymentMethodRow, Row
from keepwell.platform.database import Connection
from keepwell.records.payment_methods.model import FIRST_YEAR, LAST_YEAR

GATEWAY = "stripe"
_MONTHS = range(1, 13)
_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
_NO_CARD = CardDetails()


async def payment_methods(
    connection: Connection, rows: Iterable[Row], *, objects: Sequence[StripeObject], workspace_id: UUID
) -> list[PaymentMethodRow]:
    """The payment methods that the `objects` of `rows` show, merged with what is stored about them."""
    by_id = {str(each["id"]): each for each in objects}
    customers = {row.external_id: by_id[row.external_id] for row in rows if isinstance(row, AccountRow)}
    charges = [row for row in rows if isinstance(row, ChargeRow) and row.payment_method is not None]
    if not customers and not charges:
        return []
    found = await store.PAYMENT_METHODS.all(
        connection,
        workspace_id=workspace_id,
        external_ids=sorted({row.payment_method or "" for row in charges}),
        accounts=sorted(customers),
    )
    stored = {row.external_id: row for row in found}
    methods: dict[str, PaymentMethodRow] = {}
    for row in charges:
        seen = _of_charge(row, by_id[row.external_id])
        methods[seen.external_id] = _merged(methods.get(seen.external_id, stored.get(seen.external_id)), seen)
    for account, customer in customers.items():
        methods |= _of_customer(account, customer, stored=stored)
    return list(methods.values())


def _of_charge(row: ChargeRow, charge: StripeObject) -> PaymentMethodRow:
    """What a charge shows of the method that it was tried on."""
    details = charge.get("payment_method_details")
    card = _card(details.get("card") if isinstance(details, dict) else None)
    return _seen(row.payment_method or "", row.account, card=card, created_at=row.charged_at)


def _of_customer(
    account: str, customer: StripeObject, *, stored: Mapping[str, PaymentMethodRow]
) -> dict[str, PaymentMethodRow]:
    """The default of a customer and the cards that it lists, and no other default of its account."""
    own = {name: row for name, row in stored.items() if row.account == account}
    default = _default_of(customer)
    rows = {
        name: msgspec.structs.replace(row, is_default=False)
        for name, row in own.items()
        if row.is_default and name != default and (default or row.gateway == GATEWAY)
    }
    shown = {card["id"]: card for card in _sources(customer)}
    for name in dict.fromkeys([*shown, *([default] if default else [])]):
        created = shown.get(name, {}).get("created")
        seen = _seen(name, account, card=_card(shown.get(name)), created_at=_time(created))
        rows[name] = msgspec.structs.replace(_merged(own.get(name), seen), is_default=name == default)
    return rows


def _seen(
    method_id: str, account: str, *, card: CardDetails, created_at: datetime | None
) -> PaymentMethodRow:
    has_expiry = card.exp_month in _MONTHS and card.exp_year in _YEARS
    return PaymentMethodRow(
        external_id=method_id,
        account=account,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month if has_expiry else None,
        exp_year=card.exp_year if has_expiry else None,
        gateway=GATEWAY,
        gateway_reference=method_id,
        created_at=created_at,
    )


def _merged(stored: PaymentMethodRow | None, seen: PaymentMethodRow) -> PaymentMethodRow:
    """`seen` with what only the `stored` row knows; the later expiry, and the earliest sight of it."""
    if stored is None:
        return seen
    year, month = max((row.exp_year or 0, row.exp_month or 0) for row in (stored, seen))
    times = [row.created_at for row in (stored, seen) if row.created_at is not None]
    return msgspec.structs.replace(
        seen,
        brand=seen.brand or stored.brand,
        last4=seen.last4 or stored.last4,
        exp_month=month or None,
        exp_year=year or None,
        is_default=stored.is_default,
        created_at=min(times, default=None),
    )


def _card(details: object) -> CardDetails:
    """The card; without details for a method of another kind, or in a form that we do not know."""
    try:
        return msgspec.convert(details, CardDetails)
    except msgspec.ValidationError:
        return _NO_CARD


def _default_of(customer: StripeObject) -> str | None:
    settings = customer.get("invoice_settings")
    for reference in (
        settings.get("default_payment_method") if isinstance(settings, dict) else None,
        customer.get("default_source"),
    ):
        name = reference.get("id") if isinstance(reference, dict) else reference
        if isinstance(name, str) and name:
            return name
    return None


def _sources(customer: StripeObject) -> Sequence[Mapping[str, Any]]:
    """The cards that a customer lists; newer versions of the API list none."""
    sources = customer.get("sources")
    listed = sources.get("data") if isinstance(sources, dict) else None
    return [
        each
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and isinstance(each.get("id"), str)
    ]


def _time(created: object) -> datetime | None:
    return utc_time(created) if isinstance(created, int) and created > 0 else None
