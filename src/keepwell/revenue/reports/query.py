"""What a report is asked for, and what every report states."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.periods import require_period
from keepwell.records.model import EARLIEST_DAY, LATEST_DAY
from keepwell.revenue.rollups.service import Scope
from keepwell.revenue.views import rows_address


class ReportQuery(NamedTuple):
    """The workspace, period and policy of a report; both days are included."""

    workspace_id: UUID
    start: date
    end: date
    currency: str
    policy: PolicyName = "default"

    @property
    def scope(self) -> Scope:
        """The workspace and policy."""
        return Scope(self.workspace_id, self.policy)


def require_days(start: date, end: date) -> None:
    """Raise DataValidationError if the days are out of order, out of range or too far apart."""
    for name, day in (("from", start), ("to", end)):
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise DataValidationError(
                f"{name}: {day} is not between {EARLIEST_DAY} and {LATEST_DAY}.", hint="Check the year."
            )
    require_period(start, end)


def figure(query: ReportQuery) -> dict[str, Any]:
    """What every figure states."""
    return {"currency": query.currency, "policy": query.policy, "rows": rows(query)}


def rows(query: ReportQuery, **filters: object) -> str:
    """The URL of the movements of the period."""
    return rows_address(policy=query.policy, start=query.start, to=query.end, **filters)


def rows_until_end(query: ReportQuery, **filters: object) -> str:
    """Also the rows before the period, which make up its opening balance."""
    return rows_address(policy=query.policy, **filters, to=query.end)
