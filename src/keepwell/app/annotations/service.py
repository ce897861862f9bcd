"""What happened to a workspace that explains its figures."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from keepwell.app.annotations import store
from keepwell.app.annotations.model import Annotation, Annotations
from keepwell.platform.database import Readable
from keepwell.revenue.model import ONE_DAY
from keepwell.revenue.reports.query import require_days


async def happened(reader: Readable, *, workspace_id: UUID, start: date, end: date) -> Annotations:
    """What happened between two days, both included; raises DataValidationError for days that are no period."""
    require_days(start, end)
    rows = await store.IN_PERIOD.all(reader, workspace_id=workspace_id, start=start, until=end + ONE_DAY)
    return Annotations(start, end, [Annotation(**msgspec.structs.asdict(row)) for row in rows])
