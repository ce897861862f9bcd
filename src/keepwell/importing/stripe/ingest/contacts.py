"""The contacts of Stripe's customers: to whom Stripe sends its bills, with the customer's id."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from keepwell.importing.entities.contacts import detail, has_details, settle
from keepwell.importing.stripe import conversion
from keepwell.importing.stripe.ingest.outcome import RejectedObject
from keepwell.importing.stripe.model import Customer, StripeObject
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import ContactRow
from keepwell.platform.database import Connection

_FROM_STRIPE = frozenset({"name", "email", "phone", "locale", "is_billing"})


class Contacts(msgspec.Struct, frozen=True):
    """The contacts to write, and the details that cannot be used, each with its customer."""

    rows: Sequence[ContactRow]
    rejected: Sequence[RejectedObject]


async def contacts(
    connection: Connection, customers: Sequence[StripeObject], *, workspace_id: UUID
) -> Contacts:
    """The contacts of the `customers` that say anything about a person.

    A wrong phone number does not cost the e-mail: the contact keeps the number that it had.
    """
    rows, rejected = list[ContactRow](), list[RejectedObject]()
    unread: dict[str, list[str]] = {}
    for customer in customers:
        row, wrong = _contact(customer)
        rejected += [RejectedObject(customer, why) for why in wrong]
        unread[row.external_id] = [why.field for why in wrong]
        rows += [row] if has_details(row) else []
    settled = await settle(connection, rows, workspace_id=workspace_id, given=_FROM_STRIPE, unread=unread)
    return Contacts(settled, rejected)


def _contact(stripe_object: StripeObject) -> tuple[ContactRow, Sequence[RejectedRow]]:
    customer = conversion.read(stripe_object, Customer)
    texts = {
        "name": conversion.usable_name(customer.name),
        "email": customer.email,
        "phone": customer.phone,
        "locale": next(iter(customer.preferred_locales or ()), None),
    }
    row, rejected = ContactRow(customer.id, account=customer.id, is_billing=True), list[RejectedRow]()
    for name, text in texts.items():
        try:
            row = msgspec.structs.replace(row, **{name: detail(name, text or None)})
        except RejectedRow as why:
            rejected.append(why)
    return row, rejected
