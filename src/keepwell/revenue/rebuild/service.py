"""Rebuilds all movement facts with their roll-ups, and checks the stored ones against the rules in Python.

One SQL statement computes the facts; the check computes them from the same subscriptions with
`model.movements`, in exact fractions. So it finds damaged rows, and any disagreement between the two. The roll-ups are
checked in the same way against the stored facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

from keepwell.platform.database import Connection
from keepwell.platform.progress import Progress
from keepwell.revenue.facts import service as facts
from keepwell.revenue.model import MONTHS_PER_YEAR, PricedSpan, movements
from keepwell.revenue.policies import POLICIES, Policy
from keepwell.revenue.rates.model import StoredRates
from keepwell.revenue.rates.service import stored_rates
from keepwell.revenue.rebuild import rollup_check, store
from keepwell.revenue.rebuild.model import RebuildResult
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.standings import service as standings

_MOST_NAMED = 100
# A fact: its policy, account, day, kind and annual amount.
Fact = tuple[str, UUID, str, str, Fraction]
Timer = Callable[[], float]


async def rebuild(connection: Connection, *, workspace_id: UUID, today: date, timer: Timer) -> RebuildResult:
    """Recompute every fact of the workspace, then the standings; `seconds` is the time the facts took."""
    began = timer()
    await facts.refresh(connection, workspace_id=workspace_id, account_ids=None)
    seconds = timer() - began
    await standings.update(connection, workspace_id=workspace_id, account_ids=None, on=today)
    return await _found(connection, workspace_id=workspace_id, differing=[], seconds=seconds)


async def check(
    connection: Connection, *, workspace_id: UUID, progress: Progress, timer: Timer
) -> RebuildResult:
    """Compare each stored fact with the one that the rules give, and each roll-up with its facts; changes nothing."""
    began = timer()
    stored = await store.STORED.all(connection, workspace_id=workspace_id)
    kept = Counter(_kept(stored))
    right = Counter[Fact]()
    spans = await store.SPANS.all(connection, workspace_id=workspace_id)
    rates = await stored_rates(connection, workspace_id=workspace_id)
    for policy in POLICIES.values():
        with progress.step(f"Checking {policy.name}", total=None):
            right.update(_right(policy, spans, rates=rates))
    with progress.step("Checking the roll-ups", total=None):
        wrong_sums = await _wrong_sums(connection, stored, workspace_id=workspace_id)
    differing = [
        *wrong_sums,
        *(f"missing: {_shown(fact)}" for fact in (right - kept).elements()),
        *(f"unexpected: {_shown(fact)}" for fact in (kept - right).elements()),
    ]
    return await _found(
        connection, workspace_id=workspace_id, differing=sorted(differing), seconds=timer() - began
    )


async def _wrong_sums(
    connection: Connection, facts: Sequence[store.StoredFact], *, workspace_id: UUID
) -> list[str]:
    """The stored roll-ups that are not the sums of the stored facts."""
    right = rollup_check.sums_of(facts) | rollup_check.retentions_of(facts)
    kept = rollup_check.kept(await rollups.stored(connection, workspace_id=workspace_id))
    return [
        f"roll-up {_named(key)}: {kept.get(key, 0)} is stored, the facts give {right.get(key, 0)}"
        for key in right.keys() | kept.keys()
        if right.get(key, 0) != kept.get(key, 0)
    ]


def _named(key: rollup_check.Key) -> str:
    return ", ".join(", ".join(part) if isinstance(part, tuple) else str(part) for part in key)


def _kept(rows: Iterable[store.StoredFact]) -> Iterable[Fact]:
    for row in rows:
        for policy in row.policies:
            yield policy, row.account_id, row.on.isoformat(), row.kind, Fraction(row.annual_amount)


def _right(policy: Policy, rows: Iterable[store.PricedSpanRow], *, rates: StoredRates) -> Iterable[Fact]:
    spans = [
        PricedSpan(
            account_id=row.account_id,
            monthly_amount=Fraction(row.annual_list_amount if policy.uses_list_price else row.annual_amount)
            / MONTHS_PER_YEAR,
            currency=row.currency,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in rows
    ]
    for each in movements(spans, rates=rates, free_is_active=policy.free_is_active):
        amount = each.amount * MONTHS_PER_YEAR
        yield policy.name, each.account_id, each.on.isoformat(), each.kind.value, amount


def _shown(fact: Fact) -> str:
    policy, account_id, day, kind, amount = fact
    return f"{day} {kind} of {float(amount / MONTHS_PER_YEAR):.2f} a month, account {account_id} ({policy})"


async def _found(
    connection: Connection, *, workspace_id: UUID, differing: list[str], seconds: float
) -> RebuildResult:
    subscriptions = await store.COUNT_SUBSCRIPTIONS.one(connection, workspace_id=workspace_id)
    stored = await store.COUNT_FACTS.one(connection, workspace_id=workspace_id)
    return RebuildResult(
        subscriptions=subscriptions.rows,
        facts=stored.rows,
        differing=len(differing),
        differences=differing[:_MOST_NAMED],
        seconds=round(seconds, 3),
    )
