"""The records that a mapping file may fill, in the order in which their files are read."""

from __future__ import annotations

from collections.abc import Sequence

from keepwell.importing.entities.contacts import ContactEntity
from keepwell.importing.entities.mapped import MappedEntity, RecordEntity
from keepwell.importing.entities.money import ChargeEntity, PaymentMethodEntity, RefundEntity
from keepwell.importing.entities.subscriptions import SubscriptionEntity
from keepwell.importing.mapping import entity_fields
from keepwell.importing.mapping.rows import account_row, invoice_row, plan_row
from keepwell.importing.upserts.entities import ACCOUNTS, INVOICES, PLANS

MAPPED_RECORDS: Sequence[MappedEntity] = (
    RecordEntity(
        PLANS,
        entity_fields.PLANS,
        convert=lambda fields, scope: plan_row(fields, currency=scope.currency),
    ),
    RecordEntity(ACCOUNTS, entity_fields.ACCOUNTS, convert=lambda fields, _: account_row(fields)),
    ContactEntity(),
    PaymentMethodEntity(),
    SubscriptionEntity(),
    RecordEntity(
        INVOICES,
        entity_fields.INVOICES,
        convert=lambda fields, scope: invoice_row(fields, currency=scope.currency),
    ),
    ChargeEntity(),
    RefundEntity(),
)
