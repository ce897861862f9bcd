"""What clients learn of an error, on a small application."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from litestar import Litestar, get
from tests.app_client import AppClient

from keepwell.app.problems import answer_error
from keepwell.platform.database_errors import translated_errors
from keepwell.platform.errors import CorruptData, KeepwellError, NotFound, StorageFull, Unavailable

pytestmark = pytest.mark.anyio

INSIDE = [
    CorruptData("/srv/home/state.db: is damaged.", for_operator="Postgres: /srv/home/postgres/log"),
    Unavailable("Cannot use /srv/home/secret.key: Permission denied.", hint="Check its owner and mode."),
    StorageFull("/srv/home/intake: the disk is full."),
]


async def answered(error: Exception) -> Any:
    @get("/failing")
    async def failing() -> None:
        with translated_errors():
            raise error

    app = Litestar([failing], exception_handlers={Exception: answer_error}, logging_config=None)
    async with AppClient(app, raise_server_exceptions=False) as client:
        return await client.get("/failing")


@pytest.mark.parametrize("error", INSIDE, ids=lambda error: type(error).__name__)
async def test_an_answer_names_no_path_of_the_server(error: KeepwellError) -> None:
    answer = await answered(error)
    assert answer.status_code == error.http_status
    assert "/srv" not in answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError('connection to server on socket "/srv/.s.PGSQL.5432" failed'),
        psycopg.errors.UniqueViolation('duplicate key value violates unique constraint "members_by_email"'),
        psycopg.errors.CheckViolation('new row for "x" violates check constraint "members_role"'),
        psycopg.errors.UndefinedTable('relation "members" does not exist'),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_answer_does_not_repeat_what_postgres_says(error: psycopg.Error) -> None:
    answer = await answered(error)
    assert not any(word in answer.text for word in ("/srv", "members", "constraint"))
    assert answer.status_code in {400, 409, 503}


async def test_an_error_of_the_server_tells_the_client_what_to_run() -> None:
    error = CorruptData("The secret is damaged.", hint="Set it again: ./keepwell import stripe-webhook")
    assert (await answered(error)).json()["hint"] == "Set it again: ./keepwell import stripe-webhook"


async def test_an_answer_says_what_the_client_did() -> None:
    answer = await answered(NotFound("There is no account A-1.", hint="GET /v1/accounts lists them."))
    assert answer.json()["detail"] == "There is no account A-1."
    assert answer.json()["hint"] == "GET /v1/accounts lists them."
