"""Use case: export a workspace's subscriptions and events for analysts, without anything that names somebody.

Accounts have keyed pseudonyms. Everything else is there only if it is on the list of columns, and if enough accounts share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pyarrow as pa

from keepwell.churn.export import store
from keepwell.churn.export.files import replaced, write_table
from keepwell.churn.export.model import (
    FEWEST_SHARING,
    MANIFEST,
    OTHER,
    ExportedFile,
    FileFormat,
    Manifest,
    NothingToExport,
    Pseudonyms,
)
from keepwell.churn.snapshots import change_days, spans_by_account
from keepwell.churn.sources.coverage import Source, SourceName, coverage_of
from keepwell.churn.sources.event_survey import event_days, system_events, without
from keepwell.identity import service as identity
from keepwell.intake import service as intake
from keepwell.platform.clock import Clock, today
from keepwell.platform.database import Database
from keepwell.platform.progress import Progress
from keepwell.revenue import service as revenue
from keepwell.revenue.model import PayingSpan, Rates
from keepwell.revenue.rates.service import stored_rates

if TYPE_CHECKING:
    import duckdb

_SUBSCRIPTIONS = pa.schema(
    [
        ("account", pa.string()),
        ("plan", pa.string()),
        ("interval", pa.string()),
        ("currency", pa.string()),
        ("monthly_amount", pa.float64()),
        ("mrr", pa.float64()),
        ("starts_on", pa.date32()),
        ("ends_on", pa.date32()),
        ("cancelled_on", pa.date32()),
        ("end_reason", pa.string()),
    ]
)


class ExportContext(msgspec.Struct, frozen=True, kw_only=True):
    """What an export needs; the key of the pseudonyms is written nowhere here."""

    database: Database
    lake: Path
    key: bytes
    key_kept: bool
    clock: Clock
    progress: Progress


class _Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifest says beside the subscriptions."""

    files: Sequence[ExportedFile]
    period: store.EventPeriod
    usage: Sequence[date]
    left_out: Sequence[str]


async def export(
    work: ExportContext, folder: Path, *, workspace_id: UUID, form: FileFormat = "parquet"
) -> Manifest:
    """Write subscriptions, events and the manifest to `folder`, which is replaced if it has an earlier export.

    Days from today on are left out, since they are not over. Raises NothingToExport without any paid subscription, CorruptData for a
    damaged lake, and as `replaced`.
    """
    async with work.database.workspace(workspace_id) as connection:
        spans = await revenue.paying_spans(connection, workspace_id=workspace_id)
        rates = await stored_rates(connection, workspace_id=workspace_id)
        currency = await identity.currency(connection)
    until = today(work.clock)
    spans = [each for each in spans if each.monthly_amount > 0 and each.starts_on < until]
    if not spans:
        hint = "Import some first: ./keepwell import --help"
        raise NothingToExport(
            "The workspace has no paid subscription, so there is nothing to export.", hint=hint
        )
    pseudonyms = Pseudonyms(work.key)
    with work.progress.step("Exporting", total=2) as step, replaced(folder) as new:
        rows = _subscription_rows(spans, pseudonyms, rates=rates)
        table = pa.Table.from_pylist(rows, schema=_SUBSCRIPTIONS)
        subscriptions = write_table(
            new, "subscriptions", table.to_batches(), schema=_SUBSCRIPTIONS, form=form
        )
        step.advance()
        events = _write_events(work, new, pseudonyms, workspace_id=workspace_id, form=form)
        step.advance()
        manifest = _manifest(work, spans, subscriptions, events=events, currency=currency)
        (new / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest


def _manifest(
    work: ExportContext,
    spans: Sequence[PayingSpan],
    subscriptions: ExportedFile,
    *,
    events: _Exported,
    currency: str,
) -> Manifest:
    until = recorded_until(spans, events.usage, before=today(work.clock))
    accounts = {each.account_id for each in spans}
    first = [min(each.starts_on for each in spans), events.period.first_on]
    return Manifest(
        exported_on=today(work.clock),
        first_on=min(day for day in first if day is not None),
        recorded_until=until,
        currency=currency,
        accounts=len(accounts),
        departed=len(
            accounts - {each.account_id for each in spans if each.covers(until) or each.starts_on > until}
        ),
        subscriptions=subscriptions.rows,
        events=events.period.events,
        key_kept=work.key_kept,
        left_out=events.left_out,
        files=[subscriptions, *events.files],
    )


def recorded_until(spans: Sequence[PayingSpan], usage: Sequence[date], *, before: date) -> date:
    """The day from which on nobody knows who used the product, or who left; `usage` are the days with events of use.

    As for a training, that is the day after the last record of either source, or of the one that has gone silent.
    """
    changed = change_days(spans_by_account(spans), before=before)
    sources = [
        Source(name=SourceName.SUBSCRIPTIONS, days=changed),
        Source(name=SourceName.EVENTS, days=usage),
    ]
    return coverage_of(sources, today=before).until


def _subscription_rows(
    spans: Sequence[PayingSpan], pseudonyms: Pseudonyms, *, rates: Rates
) -> list[dict[str, Any]]:
    """A row per subscription, by pseudonym: the order of the ids would say something about them."""
    plans = _shared_plans(spans)
    rows = [
        {
            "account": pseudonyms.of(span.external_id),
            "plan": span.plan if span.plan in plans else OTHER,
            "interval": span.interval.value,
            "currency": span.currency,
            "monthly_amount": round(float(span.monthly_amount), 2),
            # At the rate of its first day: the only one that was known then.
            "mrr": round(float(span.monthly_amount * rates.rate(span.currency, span.starts_on)), 2),
            "starts_on": span.starts_on,
            "ends_on": span.ends_on,
            "cancelled_on": span.cancelled_on,
            "end_reason": None if span.end_reason is None else span.end_reason.value,
        }
        for span in spans
    ]
    return sorted(rows, key=lambda row: (row["account"], row["starts_on"], row["mrr"]))


def _shared_plans(spans: Sequence[PayingSpan]) -> set[str]:
    """The plans of enough accounts: a plan may be named after its only customer."""
    accounts: dict[str, set[UUID]] = {}
    for span in spans:
        accounts.setdefault(span.plan, set()).add(span.account_id)
    return {plan for plan, own in accounts.items() if len(own) >= FEWEST_SHARING and "@" not in plan}


def _write_events(
    work: ExportContext, folder: Path, pseudonyms: Pseudonyms, *, workspace_id: UUID, form: FileFormat
) -> _Exported:
    until = today(work.clock)
    with intake.lake_errors():
        events = intake.lake_events(work.lake, workspace_id=workspace_id)
        intake.require_unchanged(work.lake, events.files, workspace_id=workspace_id)
        connection: duckdb.DuckDBPyConnection = events.table.get_backend().con
        properties = store.safe_properties(connection)
        reader = store.exported_events(
            connection,
            pseudonyms=_pseudonym_table(store.event_accounts(connection), pseudonyms),
            names=store.shared_event_names(connection),
            properties=properties,
            before=until,
        )
        file = write_table(folder, "events", reader, schema=reader.schema, form=form)
        kept = {each.name for each in properties}
        return _Exported(
            files=[file],
            period=store.event_period(connection, before=until),
            usage=event_days(without(events.table, system_events(events.table)), before=until).usage,
            left_out=left_out(store.accounts_by_property(connection), kept),
        )


def left_out(accounts: Mapping[str, int], kept: set[str]) -> list[str]:
    """The properties that were not exported; their names are texts of others too, so odd or rare ones are only counted."""
    left = [name for name in accounts if name not in kept]
    plain = [name for name in left if name.isidentifier() and accounts[name] >= FEWEST_SHARING]
    odd = len(left) - len(plain)
    return [*plain, *([f"{odd} more"] if odd else [])]


def _pseudonym_table(accounts: Sequence[str], pseudonyms: Pseudonyms) -> pa.Table:
    return pa.table(
        {
            "account": pa.array(accounts, pa.string()),
            "pseudonym": pa.array([pseudonyms.of(each) for each in accounts], pa.string()),
        }
    )
