"""Scores of accounts over HTTP; rows are scored at `/v2`, by the Open Inference Protocol."""

from __future__ import annotations

from typing import Any, TypeAlias

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from keepwell.churn.inference.account_scores import AccountScores, AskedAccounts, ScoreAccounts
from keepwell.identity.model import Principal
from keepwell.identity.permissions import Permission
from keepwell.platform.http.routes import TheReader, problems, requires

# From the application: whoever scores no account loads no model, and no numpy.
TheScoring: TypeAlias = SkipValidation[NamedDependency[ScoreAccounts]]


@post(
    "/v1/churn/scores",
    opt=requires("read"),
    tags=["churn"],
    summary="Scores of accounts",
    operation_id="scoreAccounts",
    status_code=200,
    responses=problems(404),
)
async def score_accounts(
    data: JSONBody[AskedAccounts],
    principal: NamedDependency[Principal],
    todays_reader: TheReader,
    score: TheScoring,
) -> AccountScores:
    """How likely each of these accounts is to leave, and why, by the model of the newest list and what that had seen of them.

    Changes nothing. An account that is left alone is `not_scored` for those who may not know it.
    """
    return await score(
        todays_reader,
        data.accounts,
        workspace_id=principal.workspace_id,
        with_held=Permission.READ_HOLDOUT in principal.permissions,
    )


ROUTES: list[Any] = [score_accounts]
