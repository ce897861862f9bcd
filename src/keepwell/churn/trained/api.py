"""The models that were trained over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, SkipValidation

from keepwell.churn.trained import service
from keepwell.churn.trained.model import ModelPage, ModelWithReport
from keepwell.identity.model import Principal
from keepwell.platform.http.routes import TheReader, problems, requires
from keepwell.platform.pagination.listing import Listing, SparsePage

# As far as a version can be stored.
ModelVersion = Annotated[int, PathParameter(ge=1, le=2**31 - 1, description="The model's `version`.")]


@get(
    "/v1/churn/models",
    opt=requires("read"),
    tags=["churn"],
    summary="List models",
    operation_id="listChurnModels",
    responses=problems(),
)
async def list_models(
    listing: SkipValidation[NamedDependency[Listing[None]]],
) -> Response[ModelPage | SparsePage]:
    """The models that were trained so far, newest first; the champion makes the save lists."""
    return await listing.read(service.list_models, ModelPage)


@get(
    "/v1/churn/models/{version:int}",
    opt=requires("read"),
    tags=["churn"],
    summary="One model with its report",
    operation_id="getChurnModel",
    responses=problems(404),
)
async def get_model(
    principal: NamedDependency[Principal], reader: TheReader, version: ModelVersion
) -> ModelWithReport:
    """How the model was chosen among the rungs of the ladder, and how good its predictions were, with the points of every plot."""
    return await service.get_model(reader, workspace_id=principal.workspace_id, version=version)


@get(
    "/v1/churn/models/{version:int}/card",
    opt=requires("read"),
    tags=["churn"],
    summary="The card of a model",
    operation_id="getChurnModelCard",
    media_type="text/markdown",
    responses=problems(404),
)
async def get_card(
    principal: NamedDependency[Principal], reader: TheReader, version: ModelVersion
) -> Response[str]:
    """What the model is, for whom, how good, and what is unknown, as Markdown in the nine sections of Mitchell et al. (2019)."""
    card = await service.model_card(reader, workspace_id=principal.workspace_id, version=version)
    return Response(card, media_type="text/markdown")


ROUTES: list[Any] = [list_models, get_model, get_card]
