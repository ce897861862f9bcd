"""A workspace to import from Stripe into."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, LiteralString

import msgspec

from keepwell.importing.service import DryRun, ImportSummary
from keepwell.importing.stripe.http.client import StripeApi
from keepwell.importing.stripe.sync import dry_run_stripe, import_stripe
from keepwell.platform.retry import Patience
from tests.integration.shops import Shop

# Stripe's timestamps are whole seconds, so changes within one may be read or not.
LONGER_THAN_A_SECOND = 1.1
LATER = "2025-03-31.basil"
JUNE = 1_750_000_000  # 2025-06-15
QUICK = Patience(
    first_wait=timedelta(milliseconds=5), longest_wait=timedelta(milliseconds=20), jitter=timedelta(0)
)


class Keepwell(Shop):
    """A workspace to import from Stripe into."""

    def __init__(self, *, work: Shop, api: StripeApi) -> None:
        super().__init__(work.database, work.workspace, work.settings, folder=work.export.folder)
        self.api = api
        self.work = msgspec.structs.replace(self.work, currency="USD")

    async def import_stripe(self, *, full: bool = False) -> ImportSummary:
        return await import_stripe(self.work, self.api, full=full)

    async def dry_run_stripe(self) -> DryRun:
        return await dry_run_stripe(self.work, self.api, full=False)

    async def rows(self, sql: LiteralString) -> list[tuple[Any, ...]]:
        async with self.database.workspace(self.workspace.id) as connection:
            return await (await connection.execute(sql)).fetchall()

    async def stored_subscriptions(self) -> list[tuple[Any, ...]]:
        return await self.rows(
            "select plan, seats, amount::text, ends_on is null from subscriptions"
            " where ends_on is distinct from starts_on order by starts_on, seats, amount"
        )


def counts(summary: ImportSummary) -> dict[str, tuple[int, int, int]]:
    """Counts for each entity: read, imported, dead-lettered."""
    return {name: (each.read, each.imported, each.dead_lettered) for name, each in summary.entities.items()}
