"""What is done to the command `tail` and to its files while it runs."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from keepwell.intake.store import STATE_FILE
from tests import thorough
from tests.clocks import at_this_load
from tests.faults.disks import enlarge
from tests.faults.tail_process import Followed, resident_megabytes, wait_for
from tests.unit.intake.follow.logs import line, lines

# Root reads everything unless it gives up the capabilities for that.
LONG = 250_000
WITHOUT_PRIVILEGES = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]
needs_setpriv = pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root reads closed files without setpriv"
)
as_anyone = WITHOUT_PRIVILEGES if os.geteuid() == 0 else []


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    return Followed(tmp_path)


def has_rows(followed: Followed, count: int) -> bool:
    return (followed.logs.into / STATE_FILE).exists() and len(followed.logs.numbers()) == count


def test_sigterm_commits_and_exits_within_two_seconds_with_a_summary(followed: Followed) -> None:
    followed.logs.append("app.log", lines(range(10)))
    with followed.start() as tail:
        wait_for(lambda: has_rows(followed, 10))
        began = time.monotonic()
        tail.signal(signal.SIGTERM)
        reports, _ = tail.ended()
    assert time.monotonic() - began < at_this_load(2)
    assert tail.process.returncode == 0
    assert (reports[-1]["report"], reports[-1]["rows"]) == ("summary", 10)


def test_sigterm_in_a_large_file_exits_within_two_seconds_and_the_rest_follows(
    followed: Followed,
) -> None:
    followed.logs.append("app.log", lines(range(LONG)))
    with followed.start() as tail:
        wait_for((followed.logs.into / "ok-000000.jsonl").exists)
        began = time.monotonic()
        tail.signal(signal.SIGTERM)
        tail.ended()
    assert time.monotonic() - began < at_this_load(2)
    assert 0 < len(followed.logs.numbers()) < LONG
    followed.once()
    assert followed.logs.numbers() == list(range(LONG))


def test_sighup_rereads_the_schema(followed: Followed) -> None:
    followed.logs.append("app.log", line(1))
    with followed.start() as tail:
        wait_for(lambda: has_rows(followed, 1))
        followed.schema.write_text('{"properties": {"n": {"type": "string"}}}')
        tail.signal(signal.SIGHUP)
        followed.logs.append("other.log", b'{"n": "two"}\n')
        wait_for(lambda: len(followed.logs.accepted()) + len(followed.logs.letters()) == 2)
        followed.logs.append("other.log", b'{"n": "three"}\n')
        wait_for(lambda: any(b"three" in row for row in followed.logs.accepted()))


def test_an_invalid_schema_at_sighup_is_reported_and_the_old_one_stays(followed: Followed) -> None:
    followed.logs.append("app.log", line(1))
    with followed.start() as tail:
        wait_for(lambda: has_rows(followed, 1))
        followed.schema.write_text("{")
        tail.signal(signal.SIGHUP)
        followed.logs.append("app.log", line(2))
        wait_for(lambda: has_rows(followed, 2))
        tail.signal(signal.SIGTERM)
        reports, _ = tail.ended()
    assert [report["problem"] for report in reports if report["report"] == "schema"] != [None]


def test_a_second_instance_is_refused_with_the_pid_of_the_first(followed: Followed) -> None:
    with followed.start() as tail:
        wait_for((followed.logs.into / STATE_FILE).exists)
        second = followed.once()
    assert second.returncode == 2
    assert str(tail.process.pid) in second.stderr


@needs_setpriv
def test_an_unreadable_file_is_reported_and_read_once_permitted(followed: Followed) -> None:
    closed = followed.logs.append("closed.log", line(1))
    closed.chmod(0)
    followed.logs.append("open.log", line(2))
    with followed.start(wrapper=as_anyone) as tail:
        wait_for(lambda: has_rows(followed, 1))
        closed.chmod(0o600)
        wait_for(lambda: has_rows(followed, 2))
        tail.signal(signal.SIGTERM)
        reports, _ = tail.ended()
    troubles = [report["troubles"] for report in reports if report["report"] == "troubles"]
    assert "Permission denied" in troubles[0][str(closed)]
    assert troubles[-1] == {}


@needs_setpriv
def test_once_reads_the_other_files_and_then_reports_the_unreadable_one(followed: Followed) -> None:
    followed.logs.append("closed.log", line(1)).chmod(0)
    followed.logs.append("open.log", line(2))
    done = followed.once(wrapper=as_anyone)
    assert done.returncode == 4
    assert "closed.log" in done.stderr
    assert followed.logs.numbers() == [2]


def test_few_file_descriptors_are_enough_for_many_files(followed: Followed) -> None:
    for number in range(300):
        followed.logs.append(f"{number}.log", line(number))
    limited = ["sh", "-c", 'ulimit -n 40; exec "$@"', "sh"]
    assert followed.once(wrapper=limited).returncode == 0
    assert sorted(followed.logs.numbers()) == list(range(300))


def test_running_out_of_file_descriptors_is_reported_and_loses_nothing(followed: Followed) -> None:
    for number in range(20):
        followed.logs.append(f"{number}.log", line(number))
    codes = set()
    for limit in thorough.sample(range(5, 16), 4, seed="limits"):
        done = followed.once(wrapper=["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh"])
        codes.add(done.returncode)
    assert followed.once().returncode == 0
    assert sorted(followed.logs.numbers()) == list(range(20))
    assert codes - {0}, "the limit was never met"


def test_a_line_of_100_mb_is_rejected_with_length_and_hash_in_little_memory(followed: Followed) -> None:
    piece, digest = b"y" * 1_000_000, hashlib.sha256()
    path = followed.logs.append("app.log", line(1))
    with path.open("ab") as file:
        for _ in range(100):
            file.write(piece)
            digest.update(piece)
        file.write(b"\n" + line(2))
    used = resident_megabytes(followed.arguments("--once"))
    (letter,) = followed.logs.letters()
    assert (letter.length, letter.sha256) == (100_000_000, digest.hexdigest())
    assert followed.logs.numbers() == [1, 2]
    assert used < 64


def test_a_file_of_malformed_rows_is_dead_lettered_in_little_memory(followed: Followed) -> None:
    malformed = b"".join(b"no row %d\n" % number for number in range(100_000))
    followed.logs.append("app.log", line(1) + malformed)
    used = resident_megabytes(followed.arguments("--once"))
    assert [letter.row for letter in followed.logs.letters()] == [f"no row {n}" for n in range(100_000)]
    assert used < 64


@pytest.fixture
def small_disk(disk_of: Callable[[int], Path]) -> Path:
    """A file system of its own of 3 MB."""
    return disk_of(3_000_000)


# Data, dead letters and state meet the end of the disk in turn.
FREE = [2_900_000, 1_500_000, 700_000, 300_000, 150_000, 90_000, 40_000]


@pytest.mark.parametrize("free", thorough.sample(FREE, 3, seed="free"))
def test_a_full_disk_is_reported_and_freeing_space_stores_everything_once(
    followed: Followed, small_disk: Path, free: int
) -> None:
    text = b"".join(line(n, "x" * 40) if n % 3 else b"no row %d\n" % n for n in range(60_000))
    followed.logs.append("app.log", text)
    followed.logs.into = small_disk / "intake"
    (small_disk / "ballast").write_bytes(bytes(2_990_000 - free))
    done = followed.once("--commit", "50KB")
    assert done.returncode == 4
    assert "disk full" in done.stderr
    enlarge(small_disk, 40_000_000)
    assert followed.once("--commit", "50KB").returncode == 0
    assert followed.logs.numbers() == [n for n in range(60_000) if n % 3]
    assert len(followed.logs.letters()) == 20_000


def test_metrics_show_rows_bytes_lag_reasons_and_commit_times(followed: Followed) -> None:
    followed.logs.append("app.log", line(1) + b"no row\n" + b'{"n": 2')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with followed.start("--metrics-port", str(port)):
        wait_for(lambda: has_rows(followed, 1))
        time.sleep(0.2)
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    figures = dict(re.findall(r"^(keepwell_tail_\S+) (\S+)$", text, re.MULTILINE))
    assert figures["keepwell_tail_rows_total"] == "1.0"
    assert figures["keepwell_tail_lag_bytes"] == "7.0"
    assert float(figures["keepwell_tail_lag_seconds"]) > 0
    assert figures['keepwell_tail_dead_letters_total{code="invalid-json"}'] == "1.0"
    assert float(figures["keepwell_tail_commit_seconds_count"]) >= 1


def test_following_imports_no_module_of_the_server_database_or_lake(followed: Followed) -> None:
    followed.logs.append("app.log", line(1))
    program = (
        "import sys; from keepwell.app.cli import keepwell;"
        " keepwell.main(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "tail", *followed.arguments("--once")],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"psycopg", "duckdb", "pyarrow", "ibis", "litestar", "granian", "numpy"}
