"""The bias audit of a model over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from keepwell.churn.audit.children import ChildAudits
from keepwell.churn.audit.model import DEFAULT_TOP, BiasAudit
from keepwell.churn.trained.api import ModelVersion
from keepwell.identity.model import Principal
from keepwell.platform.http.routes import TheClock, TheReader, problems, requires

_MOST_SELECTED = 100_000
By = Annotated[
    str,
    QueryParameter(
        max_length=200,
        description="Group accounts by it: `plan`, `billing`, `country`, `industry`, `signed_up_year`, or the kind of a signal.",
    ),
]
Top = Annotated[
    int,
    QueryParameter(
        ge=1, le=_MOST_SELECTED, description="How many accounts of a list are selected, that is worked on."
    ),
]


@get(
    "/v1/churn/models/{version:int}/audit",
    opt=requires("export"),
    tags=["churn"],
    summary="Audit a model for differences between groups of accounts",
    operation_id="auditChurnModel",
    responses=problems(404),
)
async def audit_model(
    principal: NamedDependency[Principal],
    reader: TheReader,
    audits: SkipValidation[NamedDependency[ChildAudits]],
    clock: TheClock,
    version: ModelVersion,
    by: By,
    top: Top = DEFAULT_TOP,
) -> BiasAudit:
    """The model's held-out predictions compared between groups, from the records as they are now.

    Takes as long as a training, in a process of its own; while another audit is made, the answer is 429.
    """
    return await audits.audit(
        reader, workspace_id=principal.workspace_id, version=version, by=by, top=top, now=clock.now()
    )


ROUTES: list[Any] = [audit_model]
