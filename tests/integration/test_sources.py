"""How fresh the data of each source are, and what was kept aside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.model import HTTP_JOURNAL, TAIL_JOURNAL, DeadLetter
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import DataValidationError
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop(database: Database, workspace: Workspace, shared_settings: Settings, tmp_path: Path) -> Shop:
    return Shop(database, workspace, shared_settings, folder=tmp_path / "export")


async def sources(client: Client) -> dict[str, dict[str, Any]]:
    answer = await client.get("/v1/sources")
    assert answer.status_code == 200, answer.text
    return {each["kind"]: each for each in answer.json()["items"]}


def letter(source: str, line: int | None = 1) -> DeadLetter:
    return DeadLetter(
        source=source, line=line, code="schema", reason="No.", received_at=datetime(2026, 1, 5, tzinfo=UTC)
    )


def reject(folder: Path, *letters: DeadLetter) -> None:
    with EventJournal.open(folder, clock=RUNTIME.clock) as journal:
        journal.reject(letters)


async def test_an_empty_workspace_uses_no_source(client: Client) -> None:
    found = await sources(client)
    assert list(found) == ["stripe", "files", "http", "tail"]
    assert {each["is_used"] for each in found.values()} == {False}
    assert {each["newest_at"] for each in found.values()} == {None}


async def test_an_import_of_files_is_counted_until_it_is_undone(shop: Shop, client: Client) -> None:
    summary = await shop.import_export()
    files = (await sources(client))["files"]
    assert (files["is_used"], files["rows_read"], files["kept_aside"]) == (True, 10, 0)
    assert files["last_success_at"] is not None
    await shop.undo(summary.id)
    assert (await sources(client))["files"]["is_used"] is False


async def test_a_later_import_that_fails_shows_its_error_beside_the_last_success(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.import_export()
    before = (await sources(client))["files"]["last_success_at"]

    def fail(*_: object, **__: object) -> None:
        raise DataValidationError("The disk is gone.")

    monkeypatch.setattr("keepwell.importing.service.build_lake", fail)
    with pytest.raises(DataValidationError):
        await shop.import_export()
    files = (await sources(client))["files"]
    assert (files["last_error"], files["last_success_at"]) == ("The disk is gone.", before)


async def test_rows_kept_aside_are_counted_by_source_and_resolved_ones_not(
    client: Client, workspace: Workspace, shared_settings: Settings
) -> None:
    root = shared_settings.intake(workspace.id)
    reject(root, letter("stripe:charge", None), letter("plans.csv"), letter("plans.csv", 2), letter("a.csv"))
    reject(root / HTTP_JOURNAL, letter("http", None))
    reject(root / TAIL_JOURNAL, letter("log.jsonl"))
    with EventJournal.open(root, clock=RUNTIME.clock) as journal:
        journal.resolve(["a.csv"])
    found = await sources(client)
    assert {kind: each["kept_aside"] for kind, each in found.items()} == {
        "stripe": 1,
        "files": 2,
        "http": 1,
        "tail": 1,
    }


async def test_more_letters_than_are_counted_are_said_to_be_more(
    client: Client, workspace: Workspace, shared_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keepwell.intake.journal.freshness.MOST_COUNTED", 2)
    reject(shared_settings.intake(workspace.id), *(letter("plans.csv", line) for line in range(1, 4)))
    files = (await sources(client))["files"]
    assert (files["kept_aside"], files["has_more_kept_aside"]) == (2, True)
