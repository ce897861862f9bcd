from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.rounds import Options
from keepwell.intake.follow.tail import Tail
from keepwell.intake.model import ACCEPTED, DEAD_LETTERS, Sizes
from keepwell.intake.schema.validation import compile_schema
from keepwell.platform.errors import Conflict
from tests.unit.intake.follow.logs import READING, Logs, line, lines
from tests.unit.intake.sample_events import NOON

BIG = Sizes(commit=1_000_000, segment=10_000_000, row=100_000)


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(tmp_path)


def test_rows_are_read_once_in_any_number_of_rounds(logs: Logs) -> None:
    logs.append("app.log", lines(range(50)))
    logs.poll()
    logs.append("app.log", lines(range(50, 100)))
    logs.poll()
    logs.poll()
    assert logs.numbers() == list(range(100))


def test_accepted_rows_are_the_unchanged_bytes_of_the_file(logs: Logs) -> None:
    text = b'{"n":1}\n{ "n" : 2 }\r\n{"note":"\\u00e9","n":3}\n'
    logs.append("app.log", text)
    logs.poll()
    assert b"".join(row + b"\n" for row in logs.accepted()) == text


def test_rejected_row_is_a_dead_letter_with_place_and_pointer(logs: Logs) -> None:
    logs.append("app.log", line(1) + b'{"n": "two"}\n' + line(3))
    logs.poll()
    (letter,) = logs.letters()
    assert (letter.source, letter.line, letter.offset) == (
        str(logs.folder / "app.log"),
        2,
        len(line(1)),
    )
    assert (letter.code, letter.field, letter.row) == ("schema", "/n", '{"n": "two"}')
    assert logs.numbers() == [1, 3]


def test_lines_are_counted_across_rounds(logs: Logs) -> None:
    logs.append("app.log", line(1) + b"\n" + line(2))
    logs.poll()
    logs.append("app.log", line(3) + b"no row\n")
    logs.poll()
    (letter,) = logs.letters()
    assert letter.line == 5


def test_blank_lines_are_not_rows(logs: Logs) -> None:
    logs.append("app.log", b"\n" + line(1) + b"  \r\n" + line(2) + b"\n")
    logs.poll()
    assert logs.numbers() == [1, 2]
    assert logs.letters() == []


def test_byte_order_mark_is_not_part_of_the_first_row(logs: Logs) -> None:
    logs.append("app.log", b"\xef\xbb\xbf" + line(1) + b"bad\n")
    logs.poll()
    assert logs.numbers() == [1]
    assert logs.letters()[0].offset == 3 + len(line(1))


def test_partial_last_line_waits_for_its_end(logs: Logs) -> None:
    logs.append("app.log", line(1) + line(2)[:8])
    result = logs.poll()
    assert logs.numbers() == [1]
    assert list(result.unread.values()) == [8]
    logs.append("app.log", line(2)[8:])
    logs.poll()
    assert logs.numbers() == [1, 2]
    assert logs.letters() == []


@pytest.mark.parametrize(
    "half", [b'{"n": 2', b'{"n": 2, "note": "\xc3', b"12", b'{"n": 2}x', b'{"n": 2}}'[:-2]]
)
def test_half_a_line_in_the_last_round_waits_for_the_next_command(logs: Logs, half: bytes) -> None:
    logs.append("app.log", line(1) + half)
    assert list(logs.poll(is_last=True).unread.values()) == [len(half)]
    assert (logs.numbers(), logs.letters()) == ([1], [])


def test_a_line_completed_after_the_last_round_is_a_row(logs: Logs) -> None:
    logs.append("app.log", line(1) + b'{"n": 2')
    logs.poll(is_last=True)
    logs.append("app.log", b"3}\n" + line(3))
    logs.poll(is_last=True)
    assert (logs.numbers(), logs.letters()) == ([1, 23, 3], [])


def test_whole_last_row_without_line_feed_is_a_row_and_lines_are_counted_on(logs: Logs) -> None:
    logs.append("app.log", line(1) + line(2)[:-1])
    logs.poll(is_last=True)
    logs.append("app.log", b"\n" + line(3) + b"no row\n" + b'{"n": "refused"}')
    logs.poll(is_last=True)
    logs.append("app.log", b" rest\n")
    logs.poll()
    assert logs.numbers() == [1, 2, 3]
    assert [(letter.line, letter.row) for letter in logs.letters()] == [
        (4, "no row"),
        (5, '{"n": "refused"}'),
        (5, " rest"),
    ]
    assert [letter.offset for letter in logs.letters()] == [
        (logs.folder / "app.log").read_bytes().index(letter.row.encode()) for letter in logs.letters()
    ]


@pytest.mark.parametrize("zeros", [1, 5_000, 3_000_000])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_zeros_before_the_first_row_are_skipped(logs: Logs, zeros: int, suffix: str) -> None:
    path = logs.append("app.log", b"")
    with path.open("r+b") as file:
        # A hole, as truncating leaves it for a writer that does not append.
        file.seek(zeros)
        file.write(line(1) + b"no row\n")
    if suffix:
        logs.patterns = [str(logs.folder / "app.log*")]
        logs.compress("app.log")
    logs.poll()
    logs.poll()
    assert logs.numbers() == [1]
    assert [(letter.line, letter.offset) for letter in logs.letters()] == [(2, zeros + len(line(1)))]


def test_zeros_alone_wait_for_a_row(logs: Logs) -> None:
    logs.append("app.log", bytes(2_000))
    logs.poll(is_last=True)
    logs.append("app.log", line(1))
    logs.poll()
    assert (logs.numbers(), logs.letters()) == ([1], [])


@pytest.mark.parametrize(
    ("rest", "numbers", "letters"),
    [(line(3)[:-1], [1, 2, 3], []), (b'{"n": 3', [1, 2], ["partial-line"]), (b"", [1, 2], [])],
)
def test_last_row_of_a_deleted_file_is_a_row_or_a_dead_letter(
    logs: Logs, rest: bytes, numbers: list[int], letters: list[str]
) -> None:
    path = logs.append("app.log", line(1))
    with logs.followed() as tail:
        tail.poll()
        logs.append("app.log", line(2) + rest)
        path.unlink()
        assert not tail.poll().unread
        assert tail.poll().files == 0
    assert (logs.numbers(), [letter.code for letter in logs.letters()]) == (numbers, letters)


def test_row_over_the_limit_leaves_only_length_and_hash(logs: Logs) -> None:
    long = line(2, "y" * 5_000)
    logs.append("app.log", line(1) + long + line(3))
    logs.poll()
    (letter,) = logs.letters()
    assert (letter.code, letter.length, letter.row) == ("too-long", len(long) - 1, "")
    assert letter.sha256 == hashlib.sha256(long[:-1]).hexdigest()
    assert logs.numbers() == [1, 3]


def test_row_over_the_limit_can_arrive_in_parts(logs: Logs) -> None:
    long = line(1, "y" * 9_000)
    with logs.followed() as tail:
        for start in range(0, len(long), 2_500):
            logs.append("app.log", long[start : start + 2_500])
            tail.poll()
        logs.append("app.log", line(2))
        tail.poll()
    (letter,) = logs.letters()
    assert (letter.length, letter.sha256) == (len(long) - 1, hashlib.sha256(long[:-1]).hexdigest())
    logs.poll()
    assert logs.numbers() == [2]


def test_row_at_the_limit_is_accepted(logs: Logs) -> None:
    row = line(1, "y" * (1_000 - len(line(1)) + 1))
    assert len(row) == 1_001
    logs.append("app.log", row + line(2, "y" * (1_000 - len(line(2)) + 2)))
    logs.poll()
    assert logs.numbers() == [1]
    assert [letter.length for letter in logs.letters()] == [1_001]


def test_full_segments_are_sealed_with_rows_bytes_hash_and_sources(logs: Logs) -> None:
    logs.append("app.log", lines(range(400)))
    logs.poll()
    *sealed, still_open = logs.segments(ACCEPTED)
    assert len(sealed) > 1
    for segment in sealed:
        content = (logs.into / segment.sealed_name).read_bytes()
        assert segment.bytes == len(content) >= 10_000
        assert segment.sha256 == hashlib.sha256(content).hexdigest()
        assert segment.rows == content.count(b"\n")
        assert sum(block.bytes for block in segment.blocks) == segment.bytes
    label = f"{logs.folder / 'app.log'}#1"
    ends = [segment.sources[label].end for segment in sealed]
    assert [segment.sources[label].first for segment in (*sealed, still_open)] == [0, *ends]


def test_dead_letters_are_sealed_too(logs: Logs) -> None:
    logs.append("app.log", b"no row at all\n" * 300)
    logs.poll()
    assert any(segment.sealed_at for segment in logs.segments(DEAD_LETTERS))
    assert len(logs.letters()) == 300


def test_each_segment_has_one_schema(logs: Logs) -> None:
    strict = compile_schema(b'{"properties": {"n": {"maximum": 1}}}', place="strict.schema.json")
    logs.append("app.log", line(1))
    logs.poll()
    logs.append("app.log", line(1) + line(2))
    with logs.followed(schema=strict) as tail:
        tail.poll()
    first, second = logs.segments(ACCEPTED)
    assert (first.rows, second.rows) == (1, 1)
    assert first.schema_id != second.schema_id == strict.id
    assert len(logs.letters()) == 1


def test_many_small_files_need_few_commits(logs: Logs) -> None:
    logs.sizes = BIG
    for number in range(200):
        logs.append(f"{number}.log", line(number))
    logs.poll()
    (segment,) = logs.segments(ACCEPTED)
    assert len(segment.blocks) == 1
    assert sorted(logs.numbers()) == list(range(200))


def test_own_output_is_not_read_back(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="*.jsonl")
    logs.into = logs.folder
    logs.append("app.jsonl", lines(range(500)))
    for _ in range(3):
        logs.poll()
    assert logs.numbers() == list(range(500))


def test_links_pipes_and_devices_are_reported_and_not_read(logs: Logs) -> None:
    target = logs.append("app.log", line(1))
    (logs.folder / "link.log").symlink_to(target)
    os.mkfifo(logs.folder / "pipe.log")
    result = logs.poll()
    assert {Path(path).name for path in result.troubles} == {"link.log", "pipe.log"}
    assert logs.numbers() == [1]


def test_file_that_appears_later_is_read(logs: Logs) -> None:
    with logs.followed() as tail:
        tail.poll()
        logs.append("late.log", line(1))
        tail.poll()
    assert logs.numbers() == [1]


def test_second_process_is_refused_with_the_id_of_the_first(logs: Logs) -> None:
    with logs.followed(), pytest.raises(Conflict) as refused, logs.followed():
        pass
    assert str(os.getpid()) in refused.value.hint


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b'{"n": NaN}', "invalid-json"),
        (b'{"n": 1\x00}', "invalid-json"),
        (b'{"n": 1, "note": "\xff"}', "invalid-encoding"),
        (b"[" * 100_000, "invalid-json"),
        (b"not json", "invalid-json"),
        (b"[1]", "schema"),
        (b'{"n": 1.5}', "schema"),
    ],
)
def test_invalid_row_is_kept_unchanged_with_a_stable_code(tmp_path: Path, row: bytes, code: str) -> None:
    logs = Logs(tmp_path, sizes=Sizes(row=1_000_000))
    logs.append("app.log", line(1) + row + b"\n" + line(2))
    logs.poll()
    (letter,) = logs.letters()
    assert (letter.code, letter.row_bytes()) == (code, row)
    assert logs.numbers() == [1, 2]


def test_file_name_that_is_not_utf8_is_followed_and_escaped(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    name = os.fsdecode(b"caf\xe9.log")
    logs.append(name, line(1) + b"no row\n")
    logs.poll()
    logs.append(name, line(2))
    logs.poll()
    assert logs.numbers() == [1, 2]
    assert logs.letters()[0].source.endswith("caf\\xe9.log")


class JumpingClock:
    """A clock that somebody sets to and fro."""

    def __init__(self) -> None:
        self._jumps = cycle([timedelta(days=9_000), timedelta(days=-9_000), timedelta()])

    def now(self) -> datetime:
        return NOON + next(self._jumps)


def test_clock_jumps_do_not_affect_rows(logs: Logs) -> None:
    options = Options(watcher=TailMetrics(), sizes=logs.sizes)
    for number in range(0, 300, 30):
        path = logs.append("app.log", lines(range(number, number + 30)) + b"no row\n")
        os.utime(path, (number, 4_000_000_000 - number))
        with Tail.open(
            logs.into, logs.patterns, schema=READING, clock=JumpingClock(), options=options
        ) as tail:
            tail.poll()
    assert logs.numbers() == list(range(300))
    assert len(logs.letters()) == 10
