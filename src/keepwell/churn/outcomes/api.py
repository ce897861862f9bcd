"""Outcomes over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.di import NamedDependency

from keepwell.churn.outcomes import service
from keepwell.churn.outcomes.model import Outcomes
from keepwell.identity.model import Principal
from keepwell.platform.clock import today
from keepwell.platform.http.routes import TheClock, TheReader, problems, requires


@get(
    "/v1/outcomes",
    opt=requires("read"),
    tags=["save cases"],
    summary="What contacts were worth",
    operation_id="getOutcomes",
    responses=problems(),
)
async def get_outcomes(principal: NamedDependency[Principal], reader: TheReader, clock: TheClock) -> Outcomes:
    """What following up was worth against accounts that were left alone by chance, and what can be seen at all."""
    return await service.measured_outcomes(reader, workspace_id=principal.workspace_id, today=today(clock))


ROUTES: list[Any] = [get_outcomes]
