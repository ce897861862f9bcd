"""Promoting a model, and going back, over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from keepwell.churn.champions import service
from keepwell.churn.champions.model import Promotion
from keepwell.churn.champions.service import StandingContext
from keepwell.churn.trained.api import ModelVersion
from keepwell.identity.model import Actor
from keepwell.platform.http.routes import TheBus, TheClock, problems, requires
from keepwell.platform.http.writes import TheWrite


@post(
    "/v1/churn/models/{version:int}/promote",
    opt=requires("settings"),
    tags=["churn"],
    summary="Promote a model",
    operation_id="promoteChurnModel",
    status_code=200,
    responses=problems(404, 409),
)
async def promote_model(
    version: ModelVersion, write: TheWrite, actor: NamedDependency[Actor], bus: TheBus, clock: TheClock
) -> Response[Promotion]:
    """Let the model make the save lists from now on, the first of them within minutes."""
    work = StandingContext(connection=write.connection, actor=actor, clock=clock, bus=bus)
    return await write.act(partial(service.promote, work, version=version))


@post(
    "/v1/churn/models/rollback",
    opt=requires("settings"),
    tags=["churn"],
    summary="Go back to the champion before",
    operation_id="rollBackChurnModel",
    status_code=200,
    responses=problems(409),
)
async def roll_back_model(
    write: TheWrite, actor: NamedDependency[Actor], bus: TheBus, clock: TheClock
) -> Response[Promotion]:
    """Let the champion before make the save lists again; 409 if there is none."""
    work = StandingContext(connection=write.connection, actor=actor, clock=clock, bus=bus)
    return await write.act(partial(service.rollback, work))


ROUTES: list[Any] = [promote_model, roll_back_model]
