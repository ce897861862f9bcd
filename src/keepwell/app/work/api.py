"""Due work over HTTP: what is due, late or failing, and retrying it."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, PathParameter, QueryParameter, SkipValidation

from keepwell.app.work.service import retry_work
from keepwell.identity.model import Actor
from keepwell.platform.http.routes import TheClock, problems, requires
from keepwell.platform.http.writes import TheWrite
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.platform.work import service
from keepwell.platform.work.model import WorkFilter, WorkItem, WorkPage, WorkSort, WorkStatus

KindName = Annotated[str, PathParameter(description="The `kind` of the work.", max_length=63)]
SubjectId = Annotated[UUID, PathParameter(description="The `id` of the work: that of its subject.")]


def provide_work_filter(
    kind: Annotated[str | None, QueryParameter(max_length=63)] = None,
    status: FromQuery[WorkStatus | None] = None,
    sort: FromQuery[WorkSort] = "due_at",
) -> WorkFilter:
    """The dependency `filters` of the list."""
    return WorkFilter(kind=kind, status=status, sort=sort)


@get(
    "/v1/work",
    opt=requires("work"),
    tags=["work"],
    summary="List due work",
    operation_id="listWork",
    dependencies={"filters": Provide(provide_work_filter, sync_to_thread=False)},
    responses=problems(),
)
async def list_work(
    listing: SkipValidation[NamedDependency[Listing[WorkFilter]]], clock: TheClock
) -> Response[WorkPage | SparsePage]:
    """What workers have to do in this workspace: what waits, is due, late, running or failing, or of an unknown kind."""
    found = await service.list_work(
        listing.reader,
        listing.filters,
        workspace_id=listing.workspace_id,
        now=clock.now(),
        limit=listing.limit,
        after=listing.after,
    )
    return listing.answer(WorkPage, found)


@post(
    "/v1/work/{kind:str}/{subject_id:uuid}/retry",
    opt=requires("work"),
    tags=["work"],
    summary="Retry due work",
    operation_id="retryWork",
    status_code=200,
    responses=problems(404, 409),
)
async def retry(
    write: TheWrite, actor: NamedDependency[Actor], clock: TheClock, kind: KindName, subject_id: SubjectId
) -> Response[WorkItem]:
    """Have it done now, whether it has failed or only waits; what is under way is refused."""
    return await write.act(
        partial(retry_work, write.connection, actor, kind=kind, subject_id=subject_id, clock=clock)
    )


ROUTES = [list_work, retry]
