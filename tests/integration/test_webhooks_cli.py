"""`keepwell webhooks` and `keepwell audit` as processes: what they print, and their exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.commands import run_command

Finished = subprocess.CompletedProcess[str]
Run = Callable[..., Finished]
URL = "https://shop.example.com/hook"


@pytest.fixture
def own_workspace(conninfo: str) -> Workspace:
    """A workspace of the test's own, for tests that are not asynchronous."""

    async def make() -> Workspace:
        async with Database.open(conninfo) as database, database.transaction() as connection:
            return await identity.ensure_workspace(
                connection, f"test-{uuid4().hex[:12]}", runtime=system_runtime()
            )

    return asyncio.run(make())


@pytest.fixture
def run(tmp_path: Path, conninfo: str, own_workspace: Workspace) -> Run:
    """Runs a verb against a workspace and a home of the test's own."""
    environment = {**os.environ, "KEEPWELL_DATABASE_URL": conninfo, "KEEPWELL_HOME": str(tmp_path / "home")}

    def run(*arguments: str) -> Finished:
        return run_command(*arguments, "--workspace", own_workspace.slug, environment=environment)

    return run


def test_an_endpoint_is_added_listed_and_removed(run: Run) -> None:
    made = json.loads(run("webhooks", "add", URL, "--event", "account.updated", "--json").stdout)
    assert made["secret"].startswith("whsec_")
    listed = run("webhooks", "list")
    assert listed.stdout == f"{made['id']}  {URL}  account.updated  enabled\n"
    rotated = run("webhooks", "rotate", made["id"]).stdout.strip()
    assert rotated.startswith("whsec_")
    assert rotated != made["secret"]
    assert run("webhooks", "replay", made["id"]).stdout == "0 deliveries are due again.\n"
    assert run("webhooks", "remove", made["id"]).returncode == 0
    assert json.loads(run("webhooks", "list", "--json").stdout) == []


def test_a_private_address_is_refused_with_a_hint(run: Run) -> None:
    refused = run("webhooks", "add", "https://127.0.0.1/hook")
    assert refused.returncode == 2
    assert "KEEPWELL_WEBHOOKS_ALLOW_PRIVATE" in refused.stderr


def test_an_unknown_endpoint_is_reported_with_a_hint(run: Run) -> None:
    missing = run("webhooks", "remove", "0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d")
    assert missing.returncode == 2
    assert "no webhook endpoint" in missing.stderr


def test_verify_reports_an_intact_log_and_stores_its_head(run: Run) -> None:
    run("webhooks", "add", URL)
    whole = run("audit", "verify")
    assert whole.returncode == 0
    assert whole.stdout.startswith("1 entries, all intact. Head: 1:")
    assert "webhook_endpoint.created" in run("audit", "list").stdout


def test_verify_detects_truncation_since_the_last_verification(
    run: Run, conninfo: str, own_workspace: Workspace
) -> None:
    for _ in range(2):
        run("webhooks", "add", URL)
    noted = json.loads(run("audit", "verify", "--json").stdout)["head"]
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute("delete from audit_heads where workspace_id = %s", (own_workspace.id,))
        superuser.execute("delete from audit_entries where workspace_id = %s", (own_workspace.id,))
    for arguments in ([], ["--head", noted]):
        found = run("audit", "verify", *arguments)
        assert found.returncode == 4
        assert "entry 2, which a checkpoint knows, is missing" in found.stderr
