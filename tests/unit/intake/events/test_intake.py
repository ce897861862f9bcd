from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.intake.model import AppendResult, DeadLetter, Refusal, Sizes, SourcedRow, dead_letter
from keepwell.intake.service import read_dead_letters
from keepwell.platform.errors import Conflict
from tests.unit.intake.sample_events import (
    NOON,
    accepted_ids,
    accepted_lines,
    defined_ids,
    encoded,
    event,
    opened,
    rows,
    sourced,
)

SMALL = Sizes(commit=500, segment=2_000)


def letter(line: int = 7, *, code: str = "unknown-account") -> DeadLetter:
    return DeadLetter(
        source="usage.csv", line=line, code=code, reason="No such account.", row="x,y", received_at=NOON
    )


def test_rows_are_counted_and_durable(tmp_path: Path) -> None:
    with opened(tmp_path / "intake") as intake:
        assert intake.append(sourced(event(1), event(2))) == AppendResult(accepted=2)
    assert list(accepted_ids(tmp_path / "intake")) == ["E-1", "E-2"]


def test_repeated_rows_are_unchanged_and_write_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append(sourced(event(1), event(2)))
    before = accepted_lines(tmp_path)
    with opened(tmp_path) as intake:
        assert intake.append(sourced(event(2), event(1))) == AppendResult(unchanged=2)
    assert accepted_lines(tmp_path) == before


def test_reused_id_with_other_content_is_dead_lettered(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as intake:
        appended = intake.append(sourced(event(1, name="login"), event(1, name="export")))
        (held,) = intake.dead_letters()
    assert (appended.accepted, appended.reasons) == (1, {"duplicate-id": 1})
    assert (held.line, held.field) == (3, "/messageId")
    assert "usage.csv:3" in held.reason
    assert "usage.csv:2" in held.reason
    assert b"login" in accepted_lines(tmp_path)[0]


def test_repeated_dead_letter_is_stored_once(tmp_path: Path) -> None:
    for already in (0, 1):
        with opened(tmp_path) as intake:
            appended = intake.append([SourcedRow("usage.jsonl", 1, b"no JSON")])
            assert (appended.dead_lettered, appended.already_dead_lettered) == (1, already)
            assert len(list(intake.dead_letters())) == 1


def test_dead_letter_has_place_reason_and_the_original_row(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append([SourcedRow("usage.csv", 9, b'{"type":"page"}', "page,2024")])
        (held,) = intake.dead_letters()
    assert (held.source, held.line, held.code, held.row) == ("usage.csv", 9, "schema", "page,2024")
    assert held.received_at == NOON


def test_row_that_is_not_utf8_is_kept_unchanged(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append([SourcedRow("usage.jsonl", 1, b'{"event":"\xff"}')])
        (held,) = intake.dead_letters()
    assert held.row_bytes() == b'{"event":"\xff"}'


def test_rejected_letters_are_stored_and_found_by_code(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        counts = intake.reject([letter(7), letter(8), letter(9, code="invalid-date"), letter(7)])
        assert (counts.dead_lettered, counts.already_dead_lettered) == (4, 1)
        assert counts.reasons == {"unknown-account": 3, "invalid-date": 1}
        assert [each.line for each in intake.dead_letters(code="invalid-date")] == [9]


def test_row_on_several_lines_becomes_one_line(tmp_path: Path) -> None:
    pretty = json.dumps(json.loads(encoded()), indent=2).encode().replace(b"\n", b"\r\n")
    with opened(tmp_path) as intake:
        intake.append([SourcedRow("usage.json", 1, pretty), SourcedRow("usage.json", 20, encoded(2))])
    assert [json.loads(line) for line in accepted_lines(tmp_path)] == [json.loads(encoded(n)) for n in (1, 2)]


def test_full_segment_is_sealed_and_the_next_one_begun(tmp_path: Path) -> None:
    with opened(tmp_path, sizes=SMALL) as intake:
        intake.append(sourced(*map(event, range(100))))
    sealed = sorted(tmp_path.glob("ok-*.jsonl"))
    assert len(sealed) > 3
    assert all(path.stat().st_size >= SMALL.segment for path in sealed)
    assert [path.name for path in tmp_path.glob("ok-*.open")] == [f"ok-{len(sealed):06d}.open"]
    assert len(accepted_lines(tmp_path)) == 100


def test_sealing_leaves_an_empty_segment_open(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append(sourced(event()))
        intake.seal()
        intake.seal()
    assert [path.name for path in sorted(tmp_path.glob("ok-*"))] == ["ok-000000.jsonl", "ok-000001.open"]


def test_second_opener_gets_the_id_of_the_first(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(Conflict, match="writing rows") as refused, opened(tmp_path):
        pass
    assert (tmp_path / "lock").read_text() in refused.value.hint


def test_dead_letters_can_be_read_while_another_process_writes(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.reject([letter()])
        assert list(read_dead_letters(tmp_path)) == [letter()]


def test_only_the_owner_can_read_the_folder_and_its_files(tmp_path: Path) -> None:
    with opened(tmp_path / "intake") as intake:
        intake.append(sourced(event()))
        paths = [tmp_path / "intake", *(tmp_path / "intake").iterdir()]
        assert {path.stat().st_mode & 0o077 for path in paths} == {0}


def test_long_stream_is_committed_while_it_is_read(tmp_path: Path) -> None:
    committed = []

    def stream() -> Iterator[SourcedRow[bytes]]:
        for row in rows(200):
            committed.append(len(accepted_lines(tmp_path)))
            yield row

    with opened(tmp_path, sizes=SMALL) as intake:
        intake.append(stream())
    assert committed[-1] > 150


ROWS = rows(40)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(ROWS))), cuts=st.lists(st.integers(0, len(ROWS)), max_size=3))
def test_any_order_with_repeats_accepts_the_same_number_of_rows(order: list[int], cuts: list[int]) -> None:
    shuffled = [ROWS[index] for index in order]
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for cut in (*cuts, len(shuffled)):
            with opened(root, sizes=SMALL) as intake:
                intake.append(shuffled[:cut])
        ids = list(accepted_ids(root))
        with opened(root) as intake:
            again = intake.append(ROWS)
            letters = len(list(intake.dead_letters()))
    assert sorted(ids) == sorted(defined_ids(ROWS))
    assert again.accepted == 0
    assert letters == len(ROWS) - len(defined_ids(ROWS))


def test_letters_that_are_valid_now_become_rows_once(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append(sourced(event(1)))
        refused = Refusal("schema", "Refused by an older schema.")
        intake.reject(
            [
                dead_letter(encoded(number), refused, source="old.jsonl", line=number, now=NOON)
                for number in (1, 2, 3)
            ]
        )
        intake.append([SourcedRow("old.jsonl", 9, b"no event")])
        first, second = intake.replay(), intake.replay()
        left = list(intake.dead_letters())
    assert (first.accepted, first.refused) == (3, 1)
    assert (second.accepted, second.refused) == (0, 1)
    assert sorted(accepted_ids(tmp_path)) == ["E-1", "E-2", "E-3"]
    assert [letter.row for letter in left] == ["no event"]
