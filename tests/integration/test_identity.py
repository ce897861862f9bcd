from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from keepwell.identity import service
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.model import Principal, Workspace
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.model import (
    SESSION_LIFETIME,
    SIGN_IN_LINK_LIFETIME,
    SignIn,
    SignInLinkSpentError,
)
from keepwell.platform.clock import Clock, SystemClock
from keepwell.platform.database import Database
from keepwell.platform.errors import DataValidationError, NotFound
from keepwell.platform.runtime import system_runtime
from tests.clocks import FixedClock
from tests.integration.records import token_of

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()
SIGN_IN = SignIn("link", "request-of-the-test")


def later(by: timedelta) -> Clock:
    return FixedClock(SystemClock().now() + by)


async def principal_of(database: Database, workspace: Workspace) -> Principal:
    async with database.workspace(workspace.id) as connection:
        member = await service.owner(connection, workspace.id)
    return Principal(workspace.id, member.id)


async def link_for(database: Database, workspace: Workspace) -> str:
    principal = await principal_of(database, workspace)
    async with database.workspace(workspace.id) as connection:
        return await sessions.create_sign_in_link(connection, principal, runtime=RUNTIME)


async def signed_in(database: Database, link: str) -> str:
    async with database.transaction() as connection:
        return (await sessions.use_link(connection, link, sign_in=SIGN_IN, runtime=RUNTIME)).secret


async def test_ensuring_a_workspace_twice_creates_it_once(database: Database, workspace: Workspace) -> None:
    async with database.transaction() as connection:
        again = await service.ensure_workspace(connection, workspace.slug, runtime=RUNTIME)
    assert again == workspace


async def test_two_first_uses_of_a_workspace_at_once_create_it_once(database: Database) -> None:
    slug = f"test-{uuid4().hex[:12]}"

    async def ensured() -> Workspace:
        async with database.transaction() as connection:
            return await service.ensure_workspace(connection, slug, runtime=RUNTIME)

    async with database.transaction() as connection:
        first = await service.ensure_workspace(connection, slug, runtime=RUNTIME)
        second = asyncio.create_task(ensured())
        # Until the second transaction waits for the first.
        await asyncio.sleep(0.2)
    assert await second == first


async def test_an_unknown_workspace_is_not_found_with_a_hint(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(NotFound) as refused:
            await service.get_workspace(connection, "nobody-here")
    assert "--workspace" in refused.value.hint


async def test_an_invalid_slug_is_refused(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(DataValidationError):
            await service.find_workspace(connection, "My Shop")


async def test_a_link_signs_in_and_the_session_names_member_and_workspace(
    database: Database, workspace: Workspace
) -> None:
    session = await signed_in(database, await link_for(database, workspace))
    async with database.transaction() as connection:
        principal = await sessions.principal_of_session(connection, session, clock=SystemClock())
    assert principal is not None
    owner = await principal_of(database, workspace)
    assert (principal.workspace_id, principal.member_id) == (owner.workspace_id, owner.member_id)
    async with database.workspace(workspace.id) as connection:
        view = await sessions.session_view(connection, principal)
    assert view.workspace == workspace


async def test_concurrent_uses_of_one_sign_in_link_succeed_once(
    database: Database, workspace: Workspace
) -> None:
    link = await link_for(database, workspace)
    outcomes = await asyncio.gather(*(signed_in(database, link) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SignInLinkSpentError) for outcome in outcomes) == 3


async def test_a_link_expires(database: Database, workspace: Workspace) -> None:
    link = await link_for(database, workspace)
    runtime = msgspec.structs.replace(RUNTIME, clock=later(SIGN_IN_LINK_LIFETIME))
    async with database.transaction() as connection:
        with pytest.raises(SignInLinkSpentError):
            await sessions.use_link(connection, link, sign_in=SIGN_IN, runtime=runtime)


async def test_a_session_expires(database: Database, workspace: Workspace) -> None:
    session = await signed_in(database, await link_for(database, workspace))
    async with database.transaction() as connection:
        clock = later(SESSION_LIFETIME)
        assert await sessions.principal_of_session(connection, session, clock=clock) is None


async def test_an_ended_session_is_not_accepted(database: Database, workspace: Workspace) -> None:
    session = await signed_in(database, await link_for(database, workspace))
    async with database.workspace(workspace.id) as connection:
        await sessions.end_session(connection, session, clock=SystemClock())
    async with database.transaction() as connection:
        assert await sessions.principal_of_session(connection, session, clock=SystemClock()) is None


async def test_a_token_identifies_its_member_and_its_secret_is_not_stored(
    database: Database, workspace: Workspace
) -> None:
    principal = await principal_of(database, workspace)
    token = await token_of(database, workspace, runtime=RUNTIME)
    async with database.workspace(workspace.id) as connection:
        stored = await (await connection.execute("select api_tokens::text from api_tokens")).fetchall()
    async with database.transaction() as connection:
        found = await api_tokens.principal_of_token(connection, token, clock=SystemClock())
    assert found is not None
    assert (found.workspace_id, found.member_id) == (principal.workspace_id, principal.member_id)
    assert token not in str(stored)


async def test_an_unknown_token_is_not_accepted(database: Database) -> None:
    async with database.transaction() as connection:
        assert await api_tokens.principal_of_token(connection, "kw_made-up", clock=SystemClock()) is None
