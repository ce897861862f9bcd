"""Files of payment methods, charges and refunds: rows that contradict each other, or what is stored, become dead letters.

Dead letters of these files never contain a card number: it is masked, whatever else is wrong with the row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from keepwell.importing import store
from keepwell.importing.entities.mapped import RecordReading, require_known
from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.mapping import entity_fields
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.mapping.money_rows import charge_row, payment_method_row, refund_row
from keepwell.importing.upserts.entities import ACCOUNTS, CHARGES, INVOICES, PAYMENT_METHODS, REFUNDS
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import ChargeRow, InvoiceRow, PaymentMethodRow, RefundRow
from keepwell.importing.upserts.service import Batch
from keepwell.records.card_numbers import without_card_numbers
from keepwell.records.refunds.model import why_not_refundable


class PaymentMethodEntity:
    """Payment methods; of an account's rows the first default counts, and it replaces the stored one."""

    entity = PAYMENT_METHODS
    fields = entity_fields.PAYMENT_METHODS

    async def read(self, reader: EntityReader, reading: RecordReading) -> Batch:
        """The payment methods to write."""
        accounts, now = await reading.known(ACCOUNTS), reading.scope.runtime.clock.now()

        def convert(fields: Fields) -> list[PaymentMethodRow]:
            row = payment_method_row(fields, now=now)
            require_known(row.account, accounts, entity=ACCOUNTS, field="account")
            return [row]

        reader.mask = without_card_numbers
        rows = _with_one_default(reader, reader.unique_rows(convert, progress=reading.scope.progress))
        replaced = await _replaced_defaults(rows, reading)
        reader.counts.derived += len(replaced)
        return {PAYMENT_METHODS: [*rows, *replaced]}


def _with_one_default(reader: EntityReader, rows: Sequence[PaymentMethodRow]) -> list[PaymentMethodRow]:
    kept, defaults = [], dict[str, str]()
    for row in rows:
        if row.is_default and defaults.setdefault(row.account, row.external_id) != row.external_id:
            reason = f"{defaults[row.account]!r} is the default of {row.account!r} already."
            reader.reject_unwritable(row.external_id, RejectedRow("is_default", "second-default", reason))
        else:
            kept.append(row)
    return kept


async def _replaced_defaults(
    rows: Sequence[PaymentMethodRow], reading: RecordReading
) -> list[PaymentMethodRow]:
    """The stored defaults that those of `rows` replace, unless the file has these rows itself."""
    in_file = {row.external_id for row in rows}
    accounts = sorted({row.account for row in rows if row.is_default})
    stored = await store.PAYMENT_METHODS.all(
        reading.connection, workspace_id=reading.scope.workspace_id, external_ids=[], accounts=accounts
    )
    return [
        msgspec.structs.replace(row, is_default=False)
        for row in stored
        if row.is_default and row.external_id not in in_file
    ]


class ChargeEntity:
    """Charges; each has the currency and the account of its invoice, if that is known."""

    entity = CHARGES
    fields = entity_fields.CHARGES

    async def read(self, reader: EntityReader, reading: RecordReading) -> Batch:
        """The charges to write."""
        scope = reading.scope
        accounts, methods = await reading.known(ACCOUNTS), await reading.known(PAYMENT_METHODS)
        stored = await store.INVOICED.all(reading.connection, workspace_id=scope.workspace_id)
        invoices = {row.external_id: (row.account, row.currency) for row in stored}
        invoices |= {
            row.external_id: (row.account, row.currency)
            for row in reading.rows(INVOICES)
            if isinstance(row, InvoiceRow)
        }

        def convert(fields: Fields) -> list[ChargeRow]:
            row = charge_row(fields, currency=scope.currency, now=scope.runtime.clock.now())
            require_known(row.account, accounts, entity=ACCOUNTS, field="account")
            require_known(row.payment_method, methods, entity=PAYMENT_METHODS, field="payment_method")
            _require_like_invoice(row, invoices)
            return [row]

        reader.mask = without_card_numbers
        return {CHARGES: reader.unique_rows(convert, progress=scope.progress)}


def _require_like_invoice(row: ChargeRow, invoices: Mapping[str, tuple[str, str]]) -> None:
    account, currency = invoices.get(row.invoice or "", (row.account, row.currency))
    if currency != row.currency:
        reason = f"the invoice is in {currency}, not in {row.currency}."
        raise RejectedRow("currency", "other-currency", reason)
    if account != row.account:
        raise RejectedRow("invoice", "other-account", f"the invoice is one of the account {account!r}.")


class RefundEntity:
    """Refunds; all refunds of a charge together are at most its amount."""

    entity = REFUNDS
    fields = entity_fields.REFUNDS

    async def read(self, reader: EntityReader, reading: RecordReading) -> Batch:
        """The refunds to write."""
        scope = reading.scope
        stored = await store.CHARGED.all(reading.connection, workspace_id=scope.workspace_id)
        charges = {row.external_id: row for row in stored} | {
            row.external_id: store.Charged(row.external_id, row.status.value, row.currency, row.amount)
            for row in reading.rows(CHARGES)
            if isinstance(row, ChargeRow)
        }

        def convert(fields: Fields) -> list[RefundRow]:
            charge = charges.get(fields.text("charge"))
            currency = scope.currency if charge is None else charge.currency
            row = refund_row(fields, currency=currency, now=scope.runtime.clock.now())
            require_known(row.charge, charges, entity=CHARGES, field="charge")
            if row.currency != currency:
                reason = f"the charge is in {currency}, not in {row.currency}."
                raise RejectedRow("currency", "other-currency", reason)
            return [row]

        reader.mask = without_card_numbers
        rows = reader.unique_rows(convert, progress=scope.progress)
        stored_refunds = await store.REFUNDED.all(reading.connection, workspace_id=scope.workspace_id)
        refunds = {each.external_id: each for each in stored_refunds}
        return {REFUNDS: _refundable(reader, rows, charges=charges, refunds=refunds)}


def _refundable(
    reader: EntityReader,
    rows: Sequence[RefundRow],
    *,
    charges: Mapping[str, store.Charged],
    refunds: dict[str, store.Refunded],
) -> list[RefundRow]:
    """The rows that their charges can bear beside the stored `refunds`, which those of the same id replace."""
    refunded: dict[str, Decimal] = defaultdict(Decimal)
    for each in refunds.values():
        refunded[each.charge] += each.amount

    def own(row: RefundRow) -> Decimal:
        """What the stored row of this id has given back of the same charge."""
        stored = refunds.get(row.external_id)
        return stored.amount if stored is not None and stored.charge == row.charge else Decimal(0)

    kept = []
    # Those that give back less than before come first: they make room for others.
    for row in sorted(rows, key=lambda row: row.amount > own(row)):
        charge = charges[row.charge]
        others = refunded[row.charge] - own(row)
        reason = why_not_refundable(row.amount, status=charge.status, charged=charge.amount, refunded=others)
        if reason is None:
            refunded[row.charge] = others + row.amount
            kept.append(row)
        else:
            reader.reject_unwritable(row.external_id, RejectedRow("amount", "not-refundable", reason))
    return kept
