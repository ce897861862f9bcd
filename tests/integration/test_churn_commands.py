"""`keepwell churn audit` and `churn when` as processes, on records that were imported."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from subprocess import run as run_process
from typing import Any
from uuid import uuid4

import pytest

from keepwell.identity import service as identity
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.commands import ROOT, run_command
from tests.integration.exports import Export
from tests.integration.records import client_of

Finished = CompletedProcess[str]
Run = Callable[..., Finished]

UNTIL = date(2026, 7, 1)
ACCOUNTS = 160


def shop(folder: Path) -> Export:
    """Accounts that start over a year and leave after a random time, those who pay little sooner; every fifth has no country."""
    export = Export(folder)
    drawn = random.Random(1)
    for number in range(ACCOUNTS):
        amount = drawn.choice([20, 100])
        starts = UNTIL - timedelta(days=drawn.randrange(20, 540))
        ends = starts + timedelta(days=1 + int(drawn.expovariate(1 / (180 if amount == 20 else 700))))
        ended = ends.isoformat() if ends < UNTIL else ""
        export.accounts.append(f"B-{number},Shop {number},{['US', 'DE', 'FR', 'GB', ''][number % 5]}")
        export.subscriptions.append(f"T-{number},B-{number},Pro,1,{amount},month,USD,{starts},{ended},false")
    export.write()
    return export


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def slug() -> str:
    return f"test-{uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, conninfo: str, home: Path, slug: str) -> Run:
    """Runs `keepwell churn` in a workspace with a trained model."""
    environment = {**os.environ, "KEEPWELL_HOME": str(home), "KEEPWELL_DATABASE_URL": conninfo}

    def finished(*words: str) -> Finished:
        return run_command(*words, "--workspace", slug, environment=environment)

    export = shop(tmp_path_factory.mktemp("export") / "shop")
    imported = finished("import", str(export.folder), "--mapping", str(export.mapping_file))
    assert imported.returncode == 0, imported.stderr
    untrained = finished("churn", "audit", "--by", "country")
    assert untrained.returncode == 2
    assert "There is no model to audit." in untrained.stderr
    settled = finished("workspace", "set", "--contact-cost", "40.00")
    assert settled.returncode == 0, settled.stderr
    trained = finished("churn", "train", "--without", "events", "--kept-months", "8")
    assert trained.returncode == 0, trained.stderr
    return lambda *words: finished("churn", *words)


def example(run: Run, command: str) -> dict[str, Any]:
    """What the example of a command's help prints."""
    words = run(command, "--help").stdout.split("Example: ./keepwell churn ")[1].splitlines()[0].split()
    done = run(*words, "--without", "events")
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_the_example_of_audit_has_a_group_for_each_country_and_one_for_the_unknown(run: Run) -> None:
    audit = example(run, "audit")
    kinds = {each["group"]["value"]: each["group"]["kind"] for each in audit["groups"]}
    assert kinds == {"US": "value", "DE": "value", "FR": "value", "GB": "value", None: "unknown"}
    assert sum(each["snapshots"] for each in audit["groups"]) == audit["overall"]["snapshots"]
    assert audit["model_version"] == 1


@pytest.mark.anyio
async def test_the_audit_over_http_is_that_of_the_command_and_a_second_one_has_to_wait(
    run: Run, home: Path, slug: str, database: Database, monkeypatch: pytest.MonkeyPatch, conninfo: str
) -> None:
    """The training left the events out, and an audit knows that by itself."""
    monkeypatch.setenv("KEEPWELL_DATABASE_URL", conninfo)
    async with database.transaction() as connection:
        workspace = await identity.get_workspace(connection, slug)
    settings = Settings(home=home, database_url=conninfo)
    async with client_of(database, workspace, settings=settings, runtime=system_runtime()) as client:
        asked = [client.get("/v1/churn/models/1/audit", params={"by": "country", "top": 5}) for _ in range(2)]
        answers = sorted(await asyncio.gather(*asked), key=lambda each: each.status_code)
    assert [each.status_code for each in answers] == [200, 429]
    assert answers[1].json()["code"] == "audit-running"
    assert int(answers[1].headers["retry-after"]) > 0
    printed = run("audit", "--by", "country", "--top", "5", "--model", "1", "--json")
    assert answers[0].json() == json.loads(printed.stdout)


def test_the_report_decides_by_what_a_contact_costs_in_the_workspace_and_by_what_the_command_said(
    run: Run,
) -> None:
    report = json.loads(run("model", "1", "--json").stdout)["report"]
    decisions = report["populations"][0]["figures"]["decisions"]
    assert decisions["rule"] == {"contact_cost": 40.0, "kept_share": 0.1, "kept_months": 8.0}
    assert decisions["from_revenue_at_risk"] == 50.0
    assert "if it costs 40 and keeps 10% for 8 months" in run("card", "1").stdout


@pytest.mark.parametrize(
    ("option", "value"), [("--contact-cost", "nan"), ("--kept-share", "0"), ("--kept-months", "inf")]
)
def test_a_contact_that_keeps_nobody_or_costs_no_number_is_refused(run: Run, option: str, value: str) -> None:
    refused = run("train", option, value)
    assert refused.returncode == 2
    assert option in refused.stderr


def test_an_attribute_that_does_not_exist_exits_with_2_and_names_those_that_do(run: Run) -> None:
    refused = run("audit", "--by", "shoe_size", "--without", "events")
    assert refused.returncode == 2
    assert "No account has 'shoe_size' on record" in refused.stderr
    assert "There are: plan, billing, country." in refused.stderr


def test_the_example_of_when_lists_accounts_with_chances_that_grow(run: Run) -> None:
    times = example(run, "when")
    assert len(times["accounts"]) == 10
    for account in times["accounts"]:
        forecast = account["forecast"]
        assert 0 < forecast["within_30"] < forecast["within_60"] < forecast["within_90"] < 1
    assert f"Beyond {times['observed_days']} days nothing was observed" in times["statement"]


def test_when_says_how_many_accounts_follow(run: Run) -> None:
    printed = run("when", "--without", "events", "--top", "3").stdout
    assert re.search(r"^(\d+) more: --top (\d+)$", printed, re.MULTILINE)


def test_without_lifelines_the_command_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "lifelines.py").write_text("raise ImportError")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT / 'src'}"}
    command = [sys.executable, "-m", "keepwell.app.cli", "churn", "when", "--home", str(tmp_path)]
    refused = run_process(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 4
    assert "pip install 'keepwell[churn,survival]'" in refused.stderr
    assert not (tmp_path / "postgres").exists()
