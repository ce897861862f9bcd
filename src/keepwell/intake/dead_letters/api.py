"""Dead letters over HTTP. They show what senders wrote, personal data too, so that reading them needs `import`."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter, SkipValidation

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor, Principal
from keepwell.intake.dead_letters import workspace
from keepwell.intake.dead_letters.model import (
    CorrectedLetter,
    Correction,
    DeadLetterDetail,
    DeadLetterFilter,
    DeadLetterPage,
    DeadLetterPlace,
    JournalName,
    ReplayRequest,
)
from keepwell.intake.jobs import hasten_lake
from keepwell.intake.journal.dead_letters import ReplayResult
from keepwell.platform.http.routes import TheClock, TheSettings, TheTransactions, problems, requires
from keepwell.platform.pagination.listing import Listing
from keepwell.platform.values.periods import require_order

Source = Annotated[
    str | None, QueryParameter(max_length=4096, description="The file or sender, as the letter names it.")
]
Code = Annotated[str | None, QueryParameter(max_length=255, description="Such as `duplicate-id`.")]
Field = Annotated[
    str | None, QueryParameter(max_length=1000, description="The name or JSON pointer of the fault.")
]
LetterId = Annotated[
    str, PathParameter(max_length=40, description="The letter's `id`, such as `0:17` or `http:0:17`.")
]


def provide_dead_letter_filter(
    journal: FromQuery[JournalName | None] = None,
    source: Source = None,
    code: Code = None,
    field: Field = None,
    start: Annotated[date | None, QueryParameter(name="from", description="The first day.")] = None,
    end: Annotated[date | None, QueryParameter(name="to", description="The last day, included.")] = None,
    *,
    with_resolved: Annotated[bool, QueryParameter(description="Also those that are resolved.")] = False,
) -> DeadLetterFilter:
    """The dependency `filters`: the filter of the list of dead letters."""
    require_order(start, end)
    return DeadLetterFilter(
        journal=journal,
        source=source,
        code=code,
        field=field,
        start=start,
        end=end,
        with_resolved=with_resolved,
    )


@get(
    "/v1/dead-letters",
    opt=requires("import"),
    tags=["dead letters"],
    summary="List dead letters",
    operation_id="listDeadLetters",
    dependencies={"filters": Provide(provide_dead_letter_filter, sync_to_thread=False)},
    responses=problems(),
)
async def list_dead_letters(
    listing: SkipValidation[NamedDependency[Listing[DeadLetterFilter]]], settings: TheSettings
) -> Response[DeadLetterPage]:
    """Rejected rows, newest first in each journal; without the rows themselves."""
    work = partial(
        workspace.letters_page,
        settings.intake(listing.workspace_id),
        listing.filters,
        limit=listing.limit,
        after=listing.place(DeadLetterPlace),
    )
    items, end = await anyio.to_thread.run_sync(work)
    cursor, headers = listing.next_page(end)
    return Response(DeadLetterPage(items, cursor), headers=headers)


@get(
    "/v1/dead-letters/{letter_id:str}",
    opt=requires("import"),
    tags=["dead letters"],
    summary="One dead letter",
    operation_id="getDeadLetter",
    responses=problems(404),
)
async def get_dead_letter(
    principal: NamedDependency[Principal], settings: TheSettings, letter_id: LetterId
) -> DeadLetterDetail:
    """A rejected row with its text; one that was replayed and accepted is 404."""
    root = settings.intake(principal.workspace_id)
    return await anyio.to_thread.run_sync(workspace.get_letter, root, letter_id)


@post(
    "/v1/dead-letters/replay",
    opt=requires("import"),
    tags=["dead letters"],
    summary="Replay dead letters",
    operation_id="replayDeadLetters",
    status_code=200,
    responses=problems(409),
)
async def replay_dead_letters(
    data: JSONBody[ReplayRequest],
    actor: NamedDependency[Actor],
    transactions: TheTransactions,
    clock: TheClock,
    settings: TheSettings,
) -> ReplayResult:
    """Validate events again; each that is valid now is accepted once, so that a repeated request does no harm."""
    workspace_id = actor.principal.workspace_id
    root = settings.intake(workspace_id)
    result = await anyio.to_thread.run_sync(partial(workspace.replay_events, root, data, clock=clock))
    # The files are not part of a transaction: what they accepted stays, and a transaction of its own says so.
    async with transactions() as connection:
        await audit.record(
            connection,
            actor,
            action="dead_letters.replayed",
            subject=f"workspace:{workspace_id}",
            after=result,
            clock=clock,
        )
        await hasten_lake(connection, workspace_id, clock=clock)
    return result


@post(
    "/v1/dead-letters/correct",
    opt=requires("import"),
    tags=["dead letters"],
    summary="Correct a dead letter",
    operation_id="correctDeadLetter",
    status_code=200,
    responses=problems(404, 409),
)
async def correct_dead_letter(
    data: JSONBody[Correction],
    actor: NamedDependency[Actor],
    transactions: TheTransactions,
    clock: TheClock,
    settings: TheSettings,
) -> CorrectedLetter:
    """Accept a corrected event in its place. 400 names what is still wrong, and 409 says that it is a row of an import.

    A letter that has become an event is 404, so that a repeated request does no harm.
    """
    workspace_id = actor.principal.workspace_id
    root = settings.intake(workspace_id)
    work = partial(workspace.correct_letter, root, data.id, data.row.encode(), clock=clock)
    corrected = await anyio.to_thread.run_sync(work)
    # As of a replay. Not with the row, which may contain what must be erased one day.
    async with transactions() as connection:
        await audit.record(
            connection,
            actor,
            action="dead_letter.corrected",
            subject=f"dead_letter:{data.id}",
            after=corrected,
            clock=clock,
        )
        await hasten_lake(connection, workspace_id, clock=clock)
    return corrected


ROUTES: list[Any] = [list_dead_letters, get_dead_letter, replay_dead_letters, correct_dead_letter]
