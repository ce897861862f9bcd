"""Schemathesis against a running server: every phase, including the stateful one, from the API description."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import thorough
from tests.running import RunningServer, keepwell

# These would revoke the token or member in use, are rate-limited, or would ask Stripe.
EXCLUDED = (
    *("deleteToken", "deleteMember", "updateMember", "setPassword", "signIn", "refreshAccessToken"),
    "putStripeConnection",
)
# One worker: CPython 3.11 shares a recursion counter between threads that parse source, and may raise.
SETTINGS = f"""
workers = 1
seed = 11
request-timeout = 20

[generation]
max-examples = {thorough.repeats(2, thorough=40)}

[phases.stateful]
max-steps = 12
generation = {{ max-examples = {thorough.repeats(15, thorough=600)} }}
"""
# The coverage phase tries every boundary of every parameter: of a sixth of the operations by default.
UNCOVERED = """
[[operations]]
include-operation-id = {operations}
phases.coverage.enabled = false
"""
SHARE = 6
# What the stateful phase must reach by a link: it creates an object and uses it in the next request. By which operation, chance decides.
LINKED = {"/v1/members/{member_id}", "/v1/webhook-endpoints/{webhook_endpoint_id}"}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="keepwell-schemathesis-"))
    yield made
    shutil.rmtree(made)


@pytest.mark.timeout(thorough.repeats(300, thorough=1_800))
def test_no_phase_finds_a_server_error_or_a_violation_of_the_description(folder: Path) -> None:
    report, settings = folder / "report.ndjson", folder / "settings.toml"
    with RunningServer(folder / "home") as server:
        settings.write_text(SETTINGS + uncovered(httpx.get(f"{server.url}/openapi.json").json()))
        token = json.loads(keepwell(folder / "home", "token", "create", "--json"))["token"]
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file",
            str(settings),
            "run",
            f"{server.url}/openapi.json",
            "--header",
            f"Authorization: Bearer {token}",
            "--phases",
            "examples,coverage,fuzzing,stateful",
            "--checks",
            CHECKS,
            "--report",
            "ndjson",
            "--report-ndjson-path",
            str(report),
            "--no-color",
            *(argument for name in EXCLUDED for argument in ("--exclude-operation-id", name)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout[-60_000:] + done.stderr[-2_000:]
    followed = followed_links(report)
    reached = {path for path in LINKED for operation in followed if f"{operation}/".find(f" {path}/") > 0}
    assert reached == LINKED, followed


def uncovered(description: dict[str, Any]) -> str:
    """The settings that keep the coverage phase to a sample of the operations."""
    operations = sorted(
        operation["operationId"] for path in description["paths"].values() for operation in path.values()
    )
    covered = thorough.sample(operations, len(operations) // SHARE, seed="coverage")
    rest = [name for name in operations if name not in covered]
    return UNCOVERED.format(operations=json.dumps(rest)) if rest else ""


def followed_links(report: Path) -> Counter[str]:
    """How often each operation was reached by a link with another's result, and answered 2xx."""
    events = [json.loads(line) for line in report.read_text().splitlines()]
    finished = [event["ScenarioFinished"] for event in events if "ScenarioFinished" in event]
    stateful = [scenario["recorder"] for scenario in finished if scenario["phase"] == "stateful"]
    return Counter(
        f"{case['value']['method']} {case['value']['path']}"
        for recorder in stateful
        for name, case in recorder.get("cases", {}).items()
        if case["is_transition_applied"] and answered_well(recorder.get("interactions", {}).get(name) or {})
    )


def answered_well(interaction: dict[str, Any]) -> bool:
    """Whether the answer was 2xx."""
    response = interaction.get("response") or {}
    return response.get("status_code") in range(200, 300)
