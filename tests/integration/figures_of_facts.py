"""Revenue figures by their definition, from single facts and subscriptions: what the roll-ups must not change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import namedtuple_row

from keepwell.platform.database import Connection
from keepwell.revenue.model import ONE_DAY, rounded_to_cents
from keepwell.revenue.policies import Policy
from keepwell.revenue.rates.model import StoredRates
from keepwell.revenue.rates.service import stored_rates
from keepwell.revenue.views import ratio


class Facts(NamedTuple):
    """The facts of one policy by day, and what else retention needs. Amounts are annual."""

    rows: Sequence[Any]
    subscriptions: Sequence[Any]
    rates: StoredRates
    policy: Policy

    def mrr(self, on: date) -> tuple[str, int]:
        """MRR and paying accounts."""
        found = [row for row in self.rows if row.on <= on]
        return _money(_total(found)), sum(row.paying_accounts for row in found)

    def moved(self, start: date, end: date) -> dict[str, str]:
        """The movements of a period by kind, where there were any."""
        by_kind: defaultdict[str, list[Any]] = defaultdict(list)
        for row in self.rows:
            if start <= row.on <= end:
                by_kind[row.kind].append(row)
        return {kind: _money(_total(rows)) for kind, rows in by_kind.items()}

    def cohort(self, month: date, until: date) -> tuple[int, str]:
        """How many customers of a cohort pay, and how much, at the end of a day."""
        found = [row for row in self.rows if row.cohort == month and row.on <= until]
        return sum(row.paying_accounts for row in found), _money(_total(found))

    def churned(self, start: date, end: date) -> Counter[str]:
        """The opening customers who have churned, by reason."""
        found = Counter[str]()
        for own in self._opening_customers(start, end).values():
            last = [row for row in own if row.kind != "fx"][-1]
            if not _total(own) and last.kind == "churn":
                found[last.end_reason] += 1
        return found

    def retention(self, start: date, end: date) -> dict[str, object]:
        """The fields of the retention report."""
        opening = now = capped = fx = Fraction()
        kept = 0
        customers = self._opening_customers(start, end)
        for account_id, own in customers.items():
            before, today = _total([row for row in own if row.on < start]), _total(own)
            valued = self._valued(account_id, start=start, end=end)
            opening, now, capped = opening + before, now + valued, capped + min(before, valued)
            fx, kept = fx + today - valued, kept + (today > 0)
        moved = _total(row for row in self.rows if start <= row.on <= end and row.kind not in {"new", "fx"})
        return {
            "opening": _money(opening),
            "net": ratio(now / opening) if opening else None,
            "gross": ratio(capped / opening) if opening else None,
            "movement_net": ratio((opening + moved) / opening) if opening else None,
            "fx": _money(fx),
            "opening_accounts": len(customers),
            "accounts_kept": kept,
        }

    def _opening_customers(self, start: date, end: date) -> dict[UUID, list[Any]]:
        found: defaultdict[UUID, list[Any]] = defaultdict(list)
        for row in self.rows:
            if row.on <= end:
                found[row.account_id].append(row)
        return {each: own for each, own in found.items() if _total(row for row in own if row.on < start)}

    def _valued(self, account_id: UUID, *, start: date, end: date) -> Fraction:
        return sum(
            (
                Fraction(each.annual_list_amount if self.policy.uses_list_price else each.annual_amount)
                * self.rates.rate(each.currency, max(each.starts_on, start - ONE_DAY))
                for each in self.subscriptions
                if each.account_id == account_id
                and each.starts_on <= end
                and (each.ends_on is None or each.ends_on > end)
            ),
            Fraction(),
        )


async def read_facts(connection: Connection, policy: Policy, *, workspace_id: UUID) -> Facts:
    """The stored facts of a policy."""
    async with connection.cursor(row_factory=namedtuple_row) as cursor:
        await cursor.execute(
            "select * from movement_facts where %s = any(policies) order by \"on\", kind <> 'fx'",
            (policy.name,),
        )
        rows = await cursor.fetchall()
        await cursor.execute("select * from subscriptions where not is_trial")
        paid = await cursor.fetchall()
    return Facts(rows, paid, await stored_rates(connection, workspace_id=workspace_id), policy)


def _total(rows: Any) -> Fraction:
    return sum((Fraction(row.annual_amount) for row in rows), Fraction())


def _money(annual_amount: Fraction) -> str:
    return str(rounded_to_cents(annual_amount / 12))
