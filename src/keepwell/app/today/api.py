"""The page of the day over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from keepwell.app.today.model import MOST_DAYS, Today
from keepwell.app.today.service import TodayReader
from keepwell.identity.model import Principal
from keepwell.platform.http.routes import TheClock, problems, requires
from keepwell.revenue.projections import TodaysSnapshot


@get(
    "/v1/today",
    opt=requires("read"),
    tags=["today"],
    summary="The page of the day",
    operation_id="getToday",
    responses=problems(),
)
async def get_today(
    principal: NamedDependency[Principal],
    todays_snapshot: SkipValidation[
        NamedDependency[Callable[[], AbstractAsyncContextManager[TodaysSnapshot]]]
    ],
    clock: TheClock,
    since: Annotated[
        date | None,
        QueryParameter(
            description=f"Changes count from this day on, by default yesterday; one of the last {MOST_DAYS}."
        ),
    ] = None,
) -> Today:
    """Revenue at risk, failed payments, MRR, and what changed, each as the route with its details has it."""
    async with todays_snapshot() as snapshot:
        reader = await TodayReader.of(snapshot, workspace_id=principal.workspace_id, now=clock.now())
        return await reader.page(since)


ROUTES: list[Any] = [get_today]
