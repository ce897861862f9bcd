"""The Open Inference Protocol over HTTP: who may ask, what is answered, and that nothing bad becomes a server's error."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest

from keepwell.app.middleware.authentication import CACHED_SECONDS
from keepwell.app.scoring import process
from keepwell.app.scoring.application import ScoringApp
from keepwell.app.scoring.telemetry import with_telemetry
from keepwell.identity import service as identity
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.api_tokens.model import NewToken
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Permission
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import Unavailable
from keepwell.platform.trace.tracer import Tracer
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, made
from tests.integration.scores import score
from tests.integration.served_models import keep, token
from tests.unit.churn.inference.models import boosted, rows, scorer_of
from tests.unit.churn.test_fitted_model import MODEL as LINEAR

pytestmark = pytest.mark.anyio

INFER, PINNED = "/v2/models/churn/infer", "/v2/models/churn/versions/1/infer"


class Seconds:
    """A clock of tests, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Scoring(httpx.AsyncClient):
    """A client of a scoring service on the test's own loop and clock."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.seconds = Seconds()
        self.app = ScoringApp(database, settings=settings, clock=RUNTIME.clock, seconds=self.seconds)
        wrapped = with_telemetry(self.app, ids=RUNTIME.ids, tracer=Tracer())
        transport = httpx.ASGITransport(wrapped)  # type: ignore[arg-type]  # its messages are typed dictionaries
        super().__init__(transport=transport, base_url="http://scoring.test")

    async def infer(self, asked: np.ndarray, at: str = PINNED, **others: Any) -> httpx.Response:
        """The answer to whole rows."""
        data = [[None if np.isnan(each) else each for each in row] for row in asked.tolist()]
        tensor = {"name": "rows", "shape": asked.shape, "datatype": "FP64", "data": data}
        return await self.post(at, json={"inputs": [tensor], **others})


@pytest.fixture
async def listed(client: Client, database: Database, workspace: Workspace) -> Workspace:
    """A workspace with version 1, which is boosted, and version 2, of which no model was kept."""
    account = await made(client, "/v1/accounts", {"external_id": "A-1", "name": "Acme"})
    for version in (1, 2):
        await score(database, workspace, account, version=version, rank=1, probability=0.2, kind="voluntary")
    await keep(database, workspace, boosted().model, version=1)
    return workspace


@pytest.fixture
async def scoring(database: Database, listed: Workspace, shared_settings: Settings) -> AsyncIterator[Scoring]:
    async with Scoring(database, shared_settings) as opened:
        opened.headers["Authorization"] = f"Bearer {(await token(database, listed)).token}"
        yield opened
        await opened.app.close()


async def test_the_metadata_name_a_tensor_for_each_column_and_a_version_one_of_whole_rows(
    scoring: Scoring,
) -> None:
    newest = (await scoring.get("/v2/models/churn")).json()
    pinned = (await scoring.get("/v2/models/churn/versions/1")).json()
    names = list(boosted().model.preparation.names)
    assert newest["versions"] == ["1"]
    assert newest["inputs"] == [{"name": name, "datatype": "FP64", "shape": [-1]} for name in names]
    assert pinned["inputs"] == [{"name": "rows", "datatype": "FP64", "shape": [-1, len(names)]}]
    assert pinned["parameters"]["columns"] == names
    assert (pinned["parameters"]["signal"], pinned["parameters"]["horizon_days"]) == ("not_tested", 30)
    assert pinned["outputs"][0] == {"name": "probability", "datatype": "FP64", "shape": [-1]}
    assert (await scoring.get("/v2")).json()["extensions"] == ["binary_tensor_data"]
    for ready in (
        "/v2/health/live",
        "/v2/health/ready",
        "/v2/models/churn/ready",
        "/v2/models/churn/versions/1/ready",
    ):
        assert (await scoring.get(ready)).status_code == 200


@pytest.mark.parametrize("count", [1, 3, 700])
async def test_rows_and_columns_and_either_form_of_an_answer_have_the_models_own_bits(
    scoring: Scoring, count: int
) -> None:
    asked = rows(count)
    expected = scorer_of(boosted().model).probabilities(asked)
    by_row = await scoring.infer(asked, id="r-7")
    assert by_row.json()["outputs"][0]["data"] == expected.tolist()
    assert (by_row.json()["id"], by_row.json()["model_version"]) == ("r-7", "1")
    columns = [
        {"name": name, "shape": [count], "datatype": "FP64", "parameters": {"binary_data_size": 8 * count}}
        for name in boosted().model.preparation.names
    ]
    text = json.dumps({"inputs": columns, "parameters": {"binary_data_output": True}}).encode()
    answer = await scoring.post(
        INFER,
        content=text + asked.T.tobytes(),
        headers={"Inference-Header-Content-Length": str(len(text))},
    )
    behind = answer.content[int(answer.headers["Inference-Header-Content-Length"]) :]
    assert np.array_equal(np.frombuffer(behind), expected)


async def test_contributions_are_answered_if_they_are_asked_for(scoring: Scoring) -> None:
    asked = rows(2)
    answer = (await scoring.infer(asked, outputs=[{"name": "contributions"}])).json()
    assert answer["outputs"][0]["shape"] == [2, asked.shape[1]]
    assert answer["outputs"][0]["data"] == scorer_of(boosted().model).contributions(asked).ravel().tolist()


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("POST", INFER, 400, "whole rows|may be replaced"),
        ("POST", "/v2/models/churn/versions/2/infer", 404, "no version 2"),
        ("POST", "/v2/models/churn/versions/99999999999/infer", 404, "nothing at this address"),
        ("POST", "/v2/models/churn/versions/999999999/infer", 404, "no version 999999999"),
        ("POST", "/v2/models/churn/versions/-1/infer", 404, "nothing at this address"),
        ("POST", "/v2/models/churn/versions/0/infer", 404, "no version 0"),
        ("POST", "/v2/models/cancer/infer", 404, "the one model is"),
        ("POST", "/v2/models/churn/versions/1/infer/", 404, "nothing at this address"),
        ("GET", PINNED, 405, "POST"),
        ("DELETE", "/v2/models/churn", 405, "GET, HEAD"),
    ],
)
async def test_an_address_or_version_that_is_not_there_is_named(
    scoring: Scoring, method: str, path: str, status: int, said: str
) -> None:
    answer = await scoring.infer(rows(1), path) if method == "POST" else await scoring.request(method, path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert any(each in answer.json()["error"] for each in said.split("|"))


async def test_a_body_that_is_compressed_or_too_large_is_refused_before_it_is_read(scoring: Scoring) -> None:
    packed = await scoring.post(PINNED, content=b"x", headers={"Content-Encoding": "gzip"})
    assert (packed.status_code, "Content-Encoding" in packed.json()["error"]) == (415, True)
    large = await scoring.post(PINNED, content=b"x", headers={"Content-Length": "32000001"})
    assert (large.status_code, large.headers["connection"]) == (413, "close")


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield bytes(1_000_000)


async def test_a_body_that_does_not_say_how_long_it_is_is_refused_once_it_is_too_long(
    scoring: Scoring,
) -> None:
    assert (await scoring.post(PINNED, content=chunks(33))).status_code == 413


async def test_only_a_token_with_the_scope_is_answered(
    scoring: Scoring, database: Database, listed: Workspace
) -> None:
    for header in ("", "Bearer", "Bearer kw_nobodys", "Basic abc", f"Bearer {'k' * 5_000}", "Bearer \xe4"):
        answer = await scoring.get("/v2", headers={b"Authorization": header.encode("latin-1")})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "./keepwell token create" in answer.json()["error"]
    reads = await token(database, listed, NewToken(name="reads", scopes=[Permission.READ]))
    answer = await scoring.get("/v2", headers={"Authorization": f"Bearer {reads.token}"})
    assert (answer.status_code, "'score'" in answer.json()["error"]) == (403, True)


async def test_a_revoked_token_ends_within_two_seconds_even_while_it_is_used(
    scoring: Scoring, database: Database, listed: Workspace
) -> None:
    new = await token(database, listed)
    own = {"Authorization": f"Bearer {new.token}"}
    assert (await scoring.get("/v2", headers=own)).status_code == 200
    async with database.workspace(listed.id) as connection:
        actor = await identity.operator(connection, listed.id)
        await api_tokens.revoke_token(connection, actor, new.id, runtime=RUNTIME)
    scoring.seconds.now += CACHED_SECONDS
    assert (await scoring.get("/v2", headers=own)).status_code == 401


async def test_a_token_sees_no_model_of_another_workspace(scoring: Scoring, database: Database) -> None:
    async with database.transaction() as connection:
        theirs = await identity.ensure_workspace(connection, "another-shop", runtime=RUNTIME)
    other = {"Authorization": f"Bearer {(await token(database, theirs)).token}"}
    assert (await scoring.infer(rows(1))).status_code == 200
    for path in ("/v2/models/churn", "/v2/models/churn/versions/1", "/v2/models/churn/ready"):
        answer = await scoring.get(path, headers=other)
        assert answer.status_code == 404
    answer = await scoring.post(PINNED, headers=other, json={"inputs": []})
    assert (answer.status_code, "There is no version 1" in answer.json()["error"]) == (404, True)


async def test_beyond_a_tokens_limit_an_answer_says_when_to_try_again(
    database: Database, listed: Workspace, shared_settings: Settings
) -> None:
    few = msgspec.structs.replace(shared_settings, scoring_requests_per_minute=2)
    async with Scoring(database, few) as scoring:
        scoring.headers["Authorization"] = f"Bearer {(await token(database, listed)).token}"
        answers = [await scoring.get("/v2") for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert int(answers[2].headers["retry-after"]) == 30
        assert (await scoring.get("/v2/health/live")).status_code == 200
        await scoring.app.close()


async def test_a_newer_version_answers_within_seconds_and_the_older_one_by_its_number(
    scoring: Scoring, database: Database, listed: Workspace
) -> None:
    assert (await scoring.get("/v2/models/churn")).json()["parameters"]["version"] == "1"
    await keep(database, listed, LINEAR, version=2)
    scoring.seconds.now += 5
    newest = (await scoring.get("/v2/models/churn")).json()
    assert (newest["parameters"]["version"], newest["versions"]) == ("2", ["2", "1"])
    assert newest["parameters"]["rung"] == LINEAR.rung
    assert (await scoring.infer(rows(1))).json()["model_version"] == "1"


async def test_a_damaged_newest_version_is_not_ready_and_the_one_before_answers(
    scoring: Scoring, database: Database, listed: Workspace
) -> None:
    await keep(database, listed, LINEAR, version=2)
    async with database.workspace(listed.id) as connection:
        await connection.execute(
            "update churn_models set model = set_byte(model, 40, get_byte(model, 40) # 1) where version = 2"
        )
    answer = await scoring.get("/v2/models/churn/versions/2/ready")
    assert (answer.status_code, "SHA-256" in answer.json()["error"]) == (503, True)
    assert (await scoring.get("/v2/models/churn")).json()["parameters"]["version"] == "1"


async def test_a_process_that_starts_before_its_database_answers_503_and_then_the_scores(
    database: Database, listed: Workspace, shared_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shared_settings.database_url is not None
    real, is_there = Database.open, asyncio.Event()

    @asynccontextmanager
    async def open_later(conninfo: str, **options: Any) -> AsyncIterator[Database]:
        if not is_there.is_set():
            raise Unavailable("The database does not answer.")
        async with real(conninfo, **options) as opened:
            yield opened

    monkeypatch.setattr(Database, "open", open_later)
    monkeypatch.setattr(process, "_SECONDS_BETWEEN_TRIES", 0.01)
    monkeypatch.setattr(process, "_SECONDS_TO_START", 0.01)
    app = process.scoring_app(
        process.Started(settings=shared_settings, conninfo=shared_settings.database_url)
    )
    events: asyncio.Queue[Any] = asyncio.Queue()
    life: Any = app({"type": "lifespan"}, events.get, _ignore)  # type: ignore[arg-type]  # no request
    living = asyncio.ensure_future(life)
    events.put_nowait({"type": "lifespan.startup"})
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # its messages are typed dictionaries
    async with httpx.AsyncClient(transport=transport, base_url="http://scoring.test") as client:
        client.headers["Authorization"] = f"Bearer {(await token(database, listed)).token}"
        assert (await client.get("/v2/health/live")).status_code == 200
        early = await client.get("/v2/models/churn")
        assert (early.status_code, early.headers["retry-after"]) == (503, "1")
        is_there.set()
        async with asyncio.timeout(30):
            while (await client.get("/v2/models/churn")).status_code == 503:  # noqa: ASYNC110  nothing tells
                await asyncio.sleep(0.01)
        assert (await client.get("/v2/models/churn")).json()["versions"] == ["1"]
    events.put_nowait({"type": "lifespan.shutdown"})
    await living


async def _ignore(_message: Any) -> None:
    """Messages to a server of the beginning and the end."""


async def test_up_answers_the_same(client: Client, listed: Workspace) -> None:
    asked = rows(1)
    tensor = {
        "name": "rows",
        "shape": [1, asked.shape[1]],
        "datatype": "FP64",
        "data": [None] * asked.shape[1],
    }
    answer = await client.post(PINNED, json={"inputs": [tensor]})
    unknown = np.full((1, asked.shape[1]), np.nan)
    assert answer.json()["outputs"][0]["data"] == scorer_of(boosted().model).probabilities(unknown).tolist()
    refused = await client.post(PINNED, json={"inputs": [tensor | {"name": "row"}]})
    assert (refused.status_code, list(refused.json())) == (400, ["error"])
    assert refused.headers["x-request-id"]
    assert (await client.head("/v2/health/live")).status_code == 200
