"""The official libraries send while the server is killed: no acknowledged call is lost or duplicated."""

from __future__ import annotations

import json
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import requests
from segment.analytics.client import Client
from segment.analytics.request import APIError

from keepwell.intake.journal.verify import verify
from keepwell.platform.progress import SilentProgress
from tests import thorough
from tests.faults.tail_process import wait_for
from tests.running import RunningServer, keepwell
from tests.unit.intake.sample_events import accepted_lines

WEB = Path(__file__).parents[2] / "web"
KILLS = thorough.repeats(2, thorough=20)
SENDERS = 4
ANSWERS_BETWEEN_KILLS = 60
NODE_SENDS = """
import { Analytics } from '@segment/analytics-node'
const [host, writeKey, count] = process.argv.slice(1)
const analytics = new Analytics({ writeKey, host, flushAt: 7, maxRetries: 3 })
analytics.on('error', (error) => { console.error(error); process.exitCode = 1 })
for (let n = 0; n < Number(count); n++)
  analytics.track({ userId: 'u', event: 'login', messageId: `node-${n}`, context: { groupId: 'A-1' } })
analytics.identify({ userId: 'u', traits: { plan: 'pro' } })
analytics.group({ userId: 'u', groupId: 'A-1' })
analytics.page({ userId: 'u', name: 'Pricing' })
await analytics.closeAndFlush()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    home = tmp_path_factory.mktemp("server") / "home"
    with RunningServer(home, port=free_port()) as server:
        yield server


@pytest.fixture(scope="module")
def write_key(server: RunningServer) -> str:
    return keepwell(server.home, "write-key", "create").strip()


def inlet(server: RunningServer) -> Path:
    return next((server.home / "intake").glob("*/http"))


def message_ids(folder: Path) -> Counter[str]:
    return Counter(json.loads(row)["messageId"] for row in accepted_lines(folder))


class Sender(threading.Thread):
    """Sends calls with Segment's Python library, each until it is acknowledged."""

    def __init__(self, number: int, *, host: str, write_key: str) -> None:
        super().__init__()
        self._number = number
        self._client = Client(write_key, host=host, sync_mode=True, gzip=True, max_retries=0, timeout=5)
        self.answered: list[str] = []
        self.tries = 0
        self.is_stopping = False

    def run(self) -> None:
        count = 0
        while not self.is_stopping:
            self._send(f"python-{self._number}-{count}")
            count += 1

    def _send(self, message_id: str) -> None:
        while True:
            self.tries += 1
            try:
                self._client.track("u", "login", {"n": 1}, {"groupId": "A-1"}, message_id=message_id)
            except (requests.RequestException, APIError):
                time.sleep(0.05)
            else:
                self.answered.append(message_id)
                return


def wait_for_answers(senders: Sequence[Sender], more: int) -> None:
    """Wait until that many more calls are answered."""
    before = sum(len(sender.answered) for sender in senders)
    wait_for(lambda: sum(len(sender.answered) for sender in senders) >= before + more)


def test_calls_of_the_python_library_survive_kills_of_the_server(
    server: RunningServer, write_key: str
) -> None:
    rng = random.Random(20261123)
    senders = [Sender(number, host=server.url, write_key=write_key) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        wait_for_answers(senders, rng.randrange(ANSWERS_BETWEEN_KILLS, 2 * ANSWERS_BETWEEN_KILLS))
        server.kill()
        server.start()
    for sender in senders:
        sender.is_stopping = True
    for sender in senders:
        sender.join()
    answered = {message_id for sender in senders for message_id in sender.answered}
    held = message_ids(inlet(server))
    assert answered <= held.keys(), "an answered call is lost"
    assert max(held.values()) == 1, "a call is doubled"
    assert sum(sender.tries for sender in senders) > len(answered) >= KILLS * ANSWERS_BETWEEN_KILLS
    assert not verify(inlet(server), progress=SilentProgress()).damages


def test_calls_of_the_node_library_are_accepted(server: RunningServer, write_key: str) -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules" / "@segment").exists():
        pytest.skip("there is no Node here with the web's packages")
    command = [node, "--input-type=module", "--eval", NODE_SENDS, server.url, write_key, "50"]
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(row) for row in accepted_lines(inlet(server))]
    rows = [row for row in rows if not row["messageId"].startswith("python-")]
    assert Counter(row["type"] for row in rows) == {"track": 50, "identify": 1, "group": 1, "page": 1}
    assert {row["messageId"] for row in rows} > {f"node-{number}" for number in range(50)}


def test_stopping_seals_accepted_calls(server: RunningServer, write_key: str) -> None:
    Client(write_key, host=server.url, sync_mode=True).track("u", "login", message_id="last")
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    assert (inlet(server) / "ok-000000.jsonl").exists()
