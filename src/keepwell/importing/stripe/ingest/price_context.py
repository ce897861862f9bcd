"""What a subscription's prices depend on beyond the subscription itself: tiers, and its customer's discount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.discounts import Discount
from keepwell.importing.stripe.json_text import storable_text
from keepwell.importing.stripe.model import Kind, StripeObject, id_of
from keepwell.importing.stripe.prices import Price
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.platform.database import Connection


class PriceContext(msgspec.Struct, frozen=True):
    """The stored prices with tiers, by id, and the discounts of customers, by the customer's id."""

    prices: Mapping[str, Price]
    discounts: Mapping[str, Any]

    def discount_of(self, subscription: Subscription) -> Discount | None:
        """The discount of the subscription's customer; raises RejectedRow if it cannot be read."""
        body = self.discounts.get(id_of(subscription.customer) or "")
        return None if body is None else conversion.read(body, Discount)


async def save_price_context(
    connection: Connection, kind: Kind, objects: Sequence[StripeObject], *, workspace_id: UUID
) -> None:
    """Store the tiers of prices and the discounts of customers; subscriptions are read after both."""
    if kind == "plan":
        tiered = [each for each in objects if each.get("tiers")]
        await store.SAVE_PRICES.run(
            connection,
            workspace_id=workspace_id,
            id=[str(each["id"]) for each in tiered],
            body=[storable_text(each) for each in tiered],
        )
    if kind == "customer":
        await store.SAVE_DISCOUNTS.run(
            connection,
            workspace_id=workspace_id,
            id=[str(each["id"]) for each in objects],
            body=[storable_text(each["discount"]) if each.get("discount") else None for each in objects],
        )


async def load_price_context(
    connection: Connection, subscriptions: Sequence[StripeObject], *, workspace_id: UUID
) -> PriceContext:
    """What is stored about the prices and customers of `subscriptions`."""
    prices, customers = set(), set()
    for each in subscriptions:
        try:
            shown = conversion.read(each, Subscription)
        except RejectedRow:
            continue
        customers.add(id_of(shown.customer) or "")
        prices |= {item.priced.id for item in shown.items.data if item.priced and item.priced.is_tiered}
    found = await store.PRICES.all(connection, workspace_id=workspace_id, id=sorted(prices)) if prices else []
    discounts = await store.DISCOUNTS.all(connection, workspace_id=workspace_id, id=sorted(customers))
    return PriceContext(
        {row.id: conversion.read(row.body, Price) for row in found}, {row.id: row.body for row in discounts}
    )
