"""Schemathesis against a running server: every phase, the stateful one too, by the description alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import RunningServer, keepwell

# They would end the token or the member that asks, or answer differently on purpose when they are used much.
EXCLUDED = ("deleteToken", "deleteMember", "updateMember", "setPassword", "signIn", "refreshAccessToken")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="keepwell-schemathesis-"))
    yield made
    shutil.rmtree(made)


@pytest.mark.timeout(300)
def test_no_phase_finds_a_server_error_or_a_breach_of_the_description(folder: Path) -> None:
    report = folder / "report.ndjson"
    with RunningServer(folder / "home") as server:
        token = json.loads(keepwell(folder / "home", "token", "create", "--json"))["token"]
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{server.url}/openapi.json",
            "--header",
            f"Authorization: Bearer {token}",
            "--phases",
            "examples,coverage,fuzzing,stateful",
            "--checks",
            CHECKS,
            "--max-examples",
            "8",
            "--seed",
            "7",
            "--workers",
            "2",
            "--request-timeout",
            "20",
            "--report",
            "ndjson",
            "--report-ndjson-path",
            str(report),
            "--no-color",
            *(argument for name in EXCLUDED for argument in ("--exclude-operation-id", name)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout[-60_000:] + done.stderr[-2_000:]
    assert stateful_scenarios(report) > 0, done.stdout[-3_000:]


def stateful_scenarios(report: Path) -> int:
    """How many scenarios of the stateful phase ran to their end."""
    events = [json.loads(line) for line in report.read_text().splitlines()]
    return sum(
        "ScenarioFinished" in event and event["ScenarioFinished"]["phase"] == "Stateful" for event in events
    )
