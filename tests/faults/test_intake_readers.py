"""Other processes read an intake while the server writes to it: they must not delete its write-ahead log."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from keepwell.intake.journal.verify import verify
from keepwell.platform.progress import SilentProgress
from tests.running import RunningServer, keepwell
from tests.unit.intake.sample_events import accepted_lines

READERS = 2


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path / "home") as server:
        yield server


class Sender(threading.Thread):
    """Sends events one by one, and remembers the acknowledged ones."""

    def __init__(self, url: str, *, write_key: str) -> None:
        super().__init__()
        self._url = url
        self._write_key = write_key
        self.answered: list[str] = []
        self.has_begun = threading.Event()
        self.is_stopping = threading.Event()

    def run(self) -> None:
        with requests.Session() as session:
            session.auth = (self._write_key, "")
            while not self.is_stopping.wait(0.02):
                self._send(session, f"E-{len(self.answered)}")

    def _send(self, session: requests.Session, message_id: str) -> None:
        call = {"event": "login", "userId": "u", "messageId": message_id}
        session.post(f"{self._url}/v1/track", json=call, timeout=30).raise_for_status()
        self.answered.append(message_id)
        self.has_begun.set()


def test_acknowledged_events_survive_readers_in_other_processes_and_a_kill(server: RunningServer) -> None:
    rng = random.Random(20261201)
    sender = Sender(server.url, write_key=keepwell(server.home, "write-key", "create").strip())
    token = keepwell(server.home, "token", "create", "--name", "reader", "--scope", "read").strip()
    sender.start()
    assert sender.has_begun.wait(30)
    try:
        for _ in range(READERS):
            read_activity(server, token)
            read_from_another_process(server, rng)
    finally:
        sender.is_stopping.set()
        sender.join()
    server.kill()
    held = {json.loads(row)["messageId"] for row in accepted_lines(inlet(server))}
    assert len(sender.answered) > READERS
    assert set(sender.answered) <= held, "an answered event is lost"
    assert not verify(inlet(server), progress=SilentProgress()).damages


def inlet(server: RunningServer) -> Path:
    return next((server.home / "intake").glob("*/http"))


def read_activity(server: RunningServer, token: str) -> None:
    """Let the server open its state file a second time."""
    headers = {"authorization": f"Bearer {token}"}
    requests.get(f"{server.url}/v1/activity", headers=headers, timeout=30).raise_for_status()


def read_from_another_process(server: RunningServer, rng: random.Random) -> None:
    commands = [["dead-letters", "list"], ["verify", str(inlet(server))], ["lake", "build"]]
    keepwell(server.home, *rng.choice(commands))
