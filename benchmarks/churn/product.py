"""The product's door for this bench, and all of the product that it knows: what `learn` tells of who leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import msgspec

from benchmarks.churn.businesses import rates_of, spec_of
from benchmarks.churn.model import HORIZON_DAYS, UNTIL, Business, Export
from benchmarks.sample_spans import account_id_of, spans_of
from keepwell.churn.doors.subscriptions import BillingRecords, Subscriptions
from keepwell.churn.model import PaymentProblem
from keepwell.churn.pipeline import learn
from keepwell.platform.progress import SilentProgress


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the product says: of each account and held-out day, whether it found a signal, and its list of the last day.

    Probabilities are of leaving within the horizon. On the list everybody has the base rate if there is no signal.
    """

    held_out: Mapping[tuple[str, date], float]
    has_signal: bool
    listed: Mapping[str, float]


def told_by_product(business: Business) -> Told:
    """What the product learns from the export and the events; raises as `learn` does."""
    records = business.records
    spans = spans_of(records.export.subscriptions)
    spec = spec_of(records.seed, accounts=records.accounts)
    rates = rates_of(spec, first=min(span.starts_on for span in spans))
    learned = learn(
        Subscriptions(spans, rates=rates, billing=_billing(records.export)),
        _events(business),
        today=UNTIL,
        horizon_days=HORIZON_DAYS,
        progress=SilentProgress(),
    )
    told = learned.held_out
    names = {span.account_id: span.external_id for span in spans}
    return Told(
        held_out=dict(zip(zip(told.accounts, told.days, strict=True), told.probabilities, strict=True)),
        has_signal=learned.evaluation.signal == "found",
        listed={names[each.account_id]: each.probability for each in learned.scores},
    )


def _events(business: Business) -> ibis.Table:
    connection = ibis.duckdb.connect()
    # One core for each business; bars of several processes would overwrite each other.
    connection.raw_sql("set enable_progress_bar = false; set threads = 1; set timezone = 'UTC'")
    events = connection.create_table("events", business.events)
    return events.mutate(known_at=events.ts)


def _billing(export: Export) -> BillingRecords:
    problems = [
        PaymentProblem(account_id_of(each.account), each.kind, each.since, each.until)
        for each in export.problems
    ]
    return BillingRecords(problems=problems, days=export.paid_days)
