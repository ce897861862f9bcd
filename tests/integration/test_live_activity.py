"""A played match appears in the dashboard's activity within seconds, over real sockets from the game's telemetry."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bulwark.telemetry import events
from bulwark.telemetry.batching import body
from bulwark.telemetry.envelope import Sender, encode, random_id, track
from bulwark.telemetry.intake import Accepted, HttpIntake
from bulwark.telemetry.service import open_telemetry
from tests.running import RunningServer, keepwell

WITHIN_SECONDS = 5.0
FACTS = events.MatchFacts("match-1", "meadow", "normal")
WON = events.MatchEnd(won=True, waves_cleared=10, seconds=280, towers_built=9, towers_sold=0, lives_left=14)


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    folder = Path(tempfile.mkdtemp(prefix="keepwell-live-"))
    with RunningServer(folder / "home") as running:
        yield running
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Iterator[httpx.Client]:
    token = json.loads(keepwell(server.home, "token", "create", "--json"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def intake(server: RunningServer) -> HttpIntake:
    said = keepwell(server.home, "write-key", "create", "--name", "game", "--json")
    return HttpIntake(server.url, write_key=json.loads(said)["write_key"])


@pytest.fixture
def account(api: httpx.Client) -> dict[str, Any]:
    new = {"external_id": f"A-{secrets.token_hex(4)}", "name": "The Amber Lanterns"}
    made: dict[str, Any] = api.post("/v1/accounts", json=new).raise_for_status().json()
    return made


def sent(intake: HttpIntake, account: dict[str, Any], event: events.Event, *, times: int = 1) -> None:
    sender = Sender(user_id=account["external_id"])
    now = datetime.now(UTC)
    call = encode(track(event, sender=sender, message_id=random_id(secrets.token_bytes), at=now))
    for _ in range(times):
        assert intake.send(body([call], sent_at=now)) == Accepted()


def activity(api: httpx.Client, account: dict[str, Any]) -> list[str]:
    found = api.get(f"/v1/accounts/{account['id']}").raise_for_status().json()
    return [each["event"] for each in found["activity"]["recent"]]


def live(api: httpx.Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        api.get("/v1/activity", params={"limit": 100}).raise_for_status().json()["items"]
    )
    return items


def within(seconds: float, condition: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


def test_an_event_is_in_its_accounts_activity_within_seconds(
    api: httpx.Client, intake: HttpIntake, account: dict[str, Any]
) -> None:
    sent(intake, account, events.match_ended(FACTS, WON))
    within(WITHIN_SECONDS, lambda: activity(api, account) == ["match_won"])


def test_a_repeated_event_appears_once(
    api: httpx.Client, intake: HttpIntake, account: dict[str, Any]
) -> None:
    sent(intake, account, events.match_started(FACTS), times=3)
    sent(intake, account, events.match_ended(FACTS, WON))
    within(WITHIN_SECONDS, lambda: activity(api, account) == ["match_won", "match_started"])


def test_live_activity_has_the_accounts_name(
    api: httpx.Client, intake: HttpIntake, account: dict[str, Any]
) -> None:
    sent(intake, account, events.tower_built(FACTS, tower="bolt", column=3, row=4, wave=1))

    def mine() -> list[dict[str, Any]]:
        return [each for each in live(api) if each["external_id"] == account["external_id"]]

    within(WITHIN_SECONDS, lambda: len(mine()) == 1)
    (item,) = mine()
    assert (item["event"], item["account_id"], item["name"]) == (
        "tower_built",
        account["id"],
        "The Amber Lanterns",
    )


def test_an_unknown_visitor_is_shown_by_id(api: httpx.Client, intake: HttpIntake, tmp_path: Path) -> None:
    telemetry = open_telemetry(tmp_path, intake=intake)
    assert telemetry is not None
    with closing(telemetry):
        telemetry.choose(on=True)
        telemetry.record(events.session_started())
        visitor = telemetry.consent.player_id
        within(WITHIN_SECONDS, lambda: visitor in {each["external_id"] for each in live(api)})
    (item,) = [each for each in live(api) if each["external_id"] == visitor]
    assert (item["event"], item["account_id"], item["name"]) == ("session_started", None, None)


def test_a_new_member_gets_a_link_that_works_on_the_running_server(server: RunningServer) -> None:
    link = keepwell(server.home, "member", "add", "Ada", "--role", "analyst").strip()
    assert link.startswith(f"{server.url}/sign-in?token=")
    assert httpx.get(link).status_code == 303
