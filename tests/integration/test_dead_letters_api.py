"""Dead letters over HTTP: list, show, replay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.intake.dead_letters import workspace as letters
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.events.inlet import open_inlet
from keepwell.intake.model import HTTP_JOURNAL, DeadLetter, Refusal, SourcedRow
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, problem_code
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio

OLD = datetime(2026, 1, 5, 23, tzinfo=UTC)


def letter(number: int, **fields: Any) -> DeadLetter:
    own = {"source": "invoices.csv", "line": number, "code": "schema", "reason": "It is not a day."}
    return DeadLetter(**{**own, "field": "due_on", "row": f"row {number}", "received_at": OLD, **fields})


@pytest.fixture
def root(shared_settings: Settings, workspace: Workspace) -> Path:
    return shared_settings.intake(workspace.id)


def reject(folder: Path, rejected: Sequence[DeadLetter]) -> None:
    with EventJournal.open(folder, clock=RUNTIME.clock) as journal:
        journal.reject(rejected)


async def ids(client: Client, **query: Any) -> list[str]:
    answer = await client.get("/v1/dead-letters", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def all_pages(client: Client, **query: Any) -> list[str]:
    found: list[str] = []
    url: str | None = str(client.build_request("GET", "/v1/dead-letters", params=query).url.raw_path, "ascii")
    while url:
        answer = await client.get(url)
        found += [item["id"] for item in answer.json()["items"]]
        url = answer.links["next"]["url"] if "next" in answer.links else None
    return found


async def test_a_workspace_without_files_has_none(client: Client) -> None:
    assert (await client.get("/v1/dead-letters")).json() == {"items": [], "next": None}


async def test_letters_of_every_journal_are_listed_newest_first_without_their_rows(
    client: Client, root: Path
) -> None:
    reject(root, [letter(1), letter(2)])
    reject(root / HTTP_JOURNAL, [letter(3, source="http", line=None, code="invalid-json")])
    found = (await client.get("/v1/dead-letters")).json()["items"]
    assert [item["id"] for item in found] == ["0:2", "0:1", "http:0:1"]
    assert found[0] == {
        "id": "0:2",
        "journal": "journal",
        "source": "invoices.csv",
        "line": 2,
        "code": "schema",
        "field": "due_on",
        "reason": "It is not a day.",
        "received_at": "2026-01-05T23:00:00Z",
        "resolved_at": None,
    }


async def test_each_filter_narrows_the_list(client: Client, root: Path) -> None:
    later = datetime(2026, 2, 1, tzinfo=UTC)
    reject(
        root,
        [
            letter(1),
            letter(2, source="plans.csv"),
            letter(3, code="unknown-plan"),
            letter(4, received_at=later),
        ],
    )
    assert await ids(client, source="plans.csv") == ["0:2"]
    assert await ids(client, code="unknown-plan") == ["0:3"]
    assert await ids(client, field="nothing") == []
    assert await ids(client, **{"from": "2026-02-01", "to": "2026-02-01"}) == ["0:4"]
    assert await ids(client, to="2026-01-05", journal="journal") == ["0:3", "0:2", "0:1"]
    assert await ids(client, journal="tail") == []


async def test_pages_add_up_also_where_few_letters_of_many_are_found(
    client: Client, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "_MOST_READ", 3)
    reject(root, [letter(number, code="rare" if number == 1 else "schema") for number in range(1, 9)])
    reject(root / HTTP_JOURNAL, [letter(9, line=None, code="rare")])
    whole = [f"0:{number}" for number in range(8, 0, -1)] + ["http:0:1"]
    assert await all_pages(client, limit=2) == whole
    assert await all_pages(client, limit=2, code="rare") == ["0:1", "http:0:1"]


async def test_resolved_letters_are_listed_only_if_asked_for(client: Client, root: Path) -> None:
    reject(root, [letter(1), letter(2, source="plans.csv")])
    with EventJournal.open(root, clock=RUNTIME.clock) as journal:
        journal.resolve(["plans.csv"])
    assert await ids(client) == ["0:1"]
    assert await ids(client, with_resolved=True) == ["0:2", "0:1"]
    assert (await client.get("/v1/dead-letters/0:2")).json()["resolved_at"] is not None


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"row": "a\tb \u202eüñ"}, {"row": "a\tb \u202eüñ", "is_cut": False, "length": 11}),
        ({"row": "", "row_base64": "YYD/AA=="}, {"row": "a\\x80\\xff\x00", "is_cut": False, "length": 4}),
        ({"row": "x" * 900_000}, {"row": "x" * 20_000, "is_cut": True, "length": 900_000}),
        (
            {"row": "", "length": 7_000_000, "sha256": "ab"},
            {"row": None, "is_cut": False, "length": 7_000_000},
        ),
    ],
)
async def test_a_letter_is_shown_with_its_row_as_text_within_bounds(
    client: Client, root: Path, fields: dict[str, Any], shown: dict[str, Any]
) -> None:
    reject(root, [letter(1, **fields)])
    answer = await client.get("/v1/dead-letters/0:1")
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in shown} == shown


@pytest.mark.parametrize(
    "letter_id", ["0:2", "1:1", "http:0:1", "sms:0:1", "0:0", "-1:1", "first", "0:1%00", "..", "9" * 40]
)
async def test_an_unknown_id_is_refused(client: Client, root: Path, letter_id: str) -> None:
    reject(root, [letter(1)])
    assert (await client.get(f"/v1/dead-letters/{letter_id}")).status_code in {400, 404}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("journal=post", "journal"),
        ("from=2026-01-02&to=2026-01-01", "to"),
        ("with_resolved=perhaps", "with_resolved"),
        ("code=" + "x" * 256, "code"),
        ("source=%00", "NUL"),
        ("cursor=nonsense", "cursor"),
    ],
)
async def test_a_nonsense_filter_is_named(client: Client, query: str, named: str) -> None:
    answer = await client.get(f"/v1/dead-letters?{query}")
    assert (answer.status_code, named in answer.json()["detail"]) == (400, True)


async def test_a_cursor_of_another_filter_is_refused(client: Client, root: Path) -> None:
    reject(root, [letter(1), letter(2)])
    cursor = (await client.get("/v1/dead-letters?limit=1")).json()["next"]
    answer = await client.get(f"/v1/dead-letters?limit=1&code=schema&cursor={cursor}")
    assert problem_code(answer) == "invalid-data"


async def test_replay_accepts_each_event_once_and_is_audited(
    client: Client, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = {
        "type": "track",
        "event": "login",
        "messageId": "m-1",
        "timestamp": "2026-01-05T10:00:00Z",
        "context": {"groupId": "A-1"},
    }
    # A release that was too strict.
    with monkeypatch.context() as strict:
        refusal = Refusal("too-new", "This release does not know it.")
        strict.setattr("keepwell.intake.events.event_journal.read_event", lambda _: refusal)
        with EventJournal.open(root / HTTP_JOURNAL, clock=RUNTIME.clock) as journal:
            journal.append([SourcedRow("http", 0, json.dumps(call).encode())])
    reject(root, [letter(1)])
    first = await client.post("/v1/dead-letters/replay", json={"code": "too-new", "journal": "http"})
    assert first.json() == {"accepted": 1, "refused": 0, "without_row": 0}
    second = await client.post("/v1/dead-letters/replay", json={})
    assert second.json() == {"accepted": 0, "refused": 1, "without_row": 0}
    assert await ids(client) == ["0:1"]
    assert (await client.get("/v1/dead-letters/http:0:1")).status_code == 404
    (newest, _) = (await client.get("/v1/audit-entries?action=dead_letters.replayed")).json()["items"]
    assert newest["after"] == {"accepted": 0, "refused": 1, "without_row": 0}


async def test_a_journal_that_another_process_holds_is_a_conflict(client: Client, root: Path) -> None:
    reject(root, [letter(1)])
    with EventJournal.open(root, clock=RUNTIME.clock):
        answer = await client.post("/v1/dead-letters/replay", json={})
    assert (answer.status_code, problem_code(answer)) == (409, "conflict")


async def test_who_may_not_import_sees_no_dead_letters(
    client: Client, database: Database, workspace: Workspace, root: Path
) -> None:
    reject(root, [letter(1)])
    client.headers["Authorization"] = f"Bearer {await token_of_role(database, workspace, Role.ANALYST)}"
    for path in ("/v1/dead-letters", "/v1/dead-letters/0:1"):
        assert (await client.get(path)).status_code == 403


def call_of(message_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "login",
        "messageId": message_id,
        "timestamp": "2026-01-05T10:00:00Z",
        "context": {"groupId": "A-1"},
        **fields,
    }


def reject_calls(root: Path, *calls: dict[str, Any]) -> None:
    with open_inlet(root / HTTP_JOURNAL, clock=RUNTIME.clock) as journal:
        journal.append([SourcedRow("http", 0, json.dumps(each).encode()) for each in calls])


async def correct(client: Client, letter_id: str, call: dict[str, Any]) -> Any:
    body = {"id": letter_id, "row": json.dumps(call)}
    return await client.post("/v1/dead-letters/correct", json=body)


async def test_letters_named_by_id_are_replayed_and_no_others(
    client: Client, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as strict:
        refusal = Refusal("too-new", "This release does not know it.")
        strict.setattr("keepwell.intake.events.event_journal.read_event", lambda _: refusal)
        reject_calls(root, call_of("m-1"), call_of("m-2"))
    answer = await client.post("/v1/dead-letters/replay", json={"ids": ["http:0:2", "0:2"]})
    assert answer.json() == {"accepted": 1, "refused": 0, "without_row": 0}
    assert await ids(client) == ["http:0:1"]
    assert (await client.post("/v1/dead-letters/replay", json={"ids": ["http"]})).status_code == 400


async def test_a_corrected_event_takes_the_place_of_its_letter_once(client: Client, root: Path) -> None:
    reject_calls(root, call_of("m-1", timestamp="yesterday"))
    still_wrong = await correct(client, "http:0:1", call_of("m-1", timestamp="today"))
    assert still_wrong.status_code == 400
    assert still_wrong.json()["detail"].startswith("row/timestamp: ")
    assert await ids(client) == ["http:0:1"]
    assert (await correct(client, "http:0:1", call_of("m-1"))).json() == {"id": "http:0:1"}
    assert await ids(client) == []
    assert (await correct(client, "http:0:1", call_of("m-1"))).status_code == 404
    (entry,) = (await client.get("/v1/audit-entries?action=dead_letter.corrected")).json()["items"]
    assert (entry["subject"], entry["after"]) == ("dead_letter:http:0:1", {"id": "http:0:1"})


async def test_a_correction_never_takes_the_id_of_another_event(client: Client, root: Path) -> None:
    reject_calls(root, call_of("m-1"), call_of("m-2", timestamp="yesterday"))
    answer = await correct(client, "http:0:1", call_of("m-1", event="logout"))
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("row/messageId: ")
    assert await ids(client) == ["http:0:1"]


async def test_a_row_of_an_import_is_corrected_where_it_comes_from(client: Client, root: Path) -> None:
    reject(root, [letter(1)])
    answer = await correct(client, "0:1", call_of("m-1"))
    assert (answer.status_code, problem_code(answer)) == (409, "conflict")
    assert "import" in answer.json()["hint"]
