"""Rows of one format written in another."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.intake.convert.formats import writer_of
from keepwell.intake.convert.service import ConversionContext, ConversionResult, RowFile, convert
from keepwell.intake.schema.validation import compile_schema
from keepwell.platform.errors import Conflict, DataValidationError
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.sample_events import CLOCK

SCHEMA = compile_schema(
    b'{"type": "object", "required": ["id", "seats"], "additionalProperties": false, "properties":'
    b' {"id": {"type": "string"}, "seats": {"type": "integer", "x-aliases": ["licences"]},'
    b' "price": {"type": ["number", "null"]}}}',
    place="row.schema.json",
)
ROWS = [{"id": "a", "n": 1, "nested": {"x": [1, None]}}, {"id": "\u00e9\n", "n": None, "new": True}]


def converted(source: Path, target: Path, *, schema: Any = None) -> ConversionResult:
    work = ConversionContext(schema=schema, clock=CLOCK, progress=SilentProgress())
    places = RowFile.of(source, None, option="--from"), RowFile.of(target, None, option="--to")
    return convert(*places, dead_letters=target.with_name("letters.jsonl"), work=work)


def letters(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "letters.jsonl").read_text().splitlines()]


def write(path: Path, rows: list[Any]) -> Path:
    text = {
        ".json": lambda: json.dumps(rows),
        ".jsonl": lambda: "".join(json.dumps(row) + "\n" for row in rows),
        ".yaml": lambda: yaml.safe_dump(rows, allow_unicode=True),
    }[path.suffix]()
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.split("\n")[:-1]]
    return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)


@pytest.mark.parametrize("source", [".json", ".jsonl", ".yaml"])
@pytest.mark.parametrize("target", [".json", ".jsonl", ".yaml"])
@pytest.mark.parametrize("rows", [ROWS, []])
def test_rows_survive_every_conversion(tmp_path: Path, source: str, target: str, rows: list[Any]) -> None:
    done = converted(write(tmp_path / f"in{source}", rows), tmp_path / f"out{target}")
    assert (done.rows, done.dead_letters) == (len(rows), 0)
    assert read(tmp_path / f"out{target}") == rows
    assert not (tmp_path / "letters.jsonl").exists()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc ", max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(st.dictionaries(st.text("abc ", max_size=3), json_values, max_size=4), max_size=4))
@pytest.mark.parametrize("middle", [".json", ".yaml"])
def test_arbitrary_rows_round_trip(tmp_path: Path, middle: str, rows: list[Any]) -> None:
    first = write(tmp_path / "in.jsonl", rows)
    converted(first, tmp_path / f"middle{middle}")
    converted(tmp_path / f"middle{middle}", tmp_path / "back.jsonl")
    assert read(tmp_path / "back.jsonl") == rows


def test_csv_has_every_column_of_any_row(tmp_path: Path) -> None:
    converted(write(tmp_path / "in.json", ROWS), tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["id", "n", "nested", "new"],
            ["a", "1", '{"x":[1,null]}', ""],
            ["\u00e9\n", "", "", "true"],
        ]


def test_csv_gets_the_schemas_names_and_types_and_drift_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "Id,Licences,price,colour\na,3,9.5,red\nb,4,,blue\nc,many,1,\n", encoding="utf-8"
    )
    done = converted(tmp_path / "in.csv", tmp_path / "out.jsonl", schema=SCHEMA)
    assert read(tmp_path / "out.jsonl") == [
        {"id": "a", "seats": 3, "price": 9.5},
        {"id": "b", "seats": 4, "price": None},
    ]
    assert [(letter["line"], letter["field"], letter["row"]) for letter in letters(tmp_path)] == [
        (4, "/seats", "c,many,1,")
    ]
    assert [(noted.change.kind, noted.change.column, noted.rows) for noted in done.drift] == [
        ("renamed", "id", 3),
        ("renamed", "seats", 3),
        ("new", "colour", 3),
        ("type", "seats", 1),
    ]


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        (
            "in.jsonl",
            b'\xef\xbb\xbf{"a":1}\n\n[1]\nno json\n{"a":"\xff"}\n{"a":2}',
            ["no-object", "invalid-json", "invalid-encoding"],
        ),
        ("in.jsonl", b'{"a":1}\n{"a":"' + b"x" * 1_100_000 + b'"}\n{"a":2}\n', ["too-long"]),
        ("in.csv", b'a\n1\n"2\n3,4\n2\n', ["broken-quote", "wrong-field-count"]),
        (
            "in.json",
            b'[{"a":1}, 5, {bad}, {"a":"\xff"}, {"a":1e999}, {"a":"\\ud800"},\n{"a":2}]',
            ["no-object", "invalid-json", "invalid-encoding", "invalid-json", "invalid-json"],
        ),
        ("in.json", b'[{"a":1},' + b"[" * 100_000 + b"]" * 100_000 + b',{"a":2}]', ["invalid-json"]),
        ("in.yaml", b"- a: 1\n- 5\n- a: 2\n", ["no-object"]),
    ],
)
def test_broken_row_is_a_dead_letter_and_the_others_are_converted(
    tmp_path: Path, name: str, text: bytes, codes: list[str]
) -> None:
    (tmp_path / name).write_bytes(text)
    assert converted(tmp_path / name, tmp_path / "out.jsonl").rows == 2
    assert [letter["code"] for letter in letters(tmp_path)] == codes


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("in.json", b'[{"a":1},', "after row 1"),
        ("in.json", b'{"a":1}', "not a JSON array"),
        ("in.json", b"", "not a JSON array"),
        ("in.yaml", b"- a: 1\n- b: [1\n", "in.yaml:3"),
        ("in.yaml", b"- a: &x 1\n  b: *x\n", "in.yaml:2.*alias"),
        ("in.yaml", b"- a: .nan\n", "in.yaml"),
        ("in.yaml", b"- a: 1\n  a: 2\n", "in.yaml:2.*'a' occurs twice"),
        ("in.yaml", b"- ? [1]\n  : 2\n", "in.yaml:1.*not a text"),
        ("in.yaml", b"- a: \xff\n", "in.yaml is not YAML"),
        ("in.yaml", b"- " + b"[" * 3_000 + b"]" * 3_000, "nested too deeply"),
        ("in.yaml", b"- !!python/object:os.system {}\n", "in.yaml:1"),
        ("in.csv", b"", "no header"),
    ],
)
def test_file_in_the_wrong_format_is_refused_by_name_and_leaves_nothing(
    tmp_path: Path, name: str, text: bytes, named: str
) -> None:
    (tmp_path / name).write_bytes(text)
    with pytest.raises(DataValidationError, match=named):
        converted(tmp_path / name, tmp_path / "out.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_yaml_can_be_separate_documents(tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("a: 1\n---\na: 2\n---\n- a: 3\n- a: 4\n", encoding="utf-8")
    converted(tmp_path / "in.yaml", tmp_path / "out.jsonl")
    assert read(tmp_path / "out.jsonl") == [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}]


def test_yaml_scalar_that_json_would_not_write_is_a_text(tmp_path: Path) -> None:
    texts = {"day": "2024-01-01", "time": "12:30:00", "code": "010", "land": "NO", "yes": "on", "1": "0x1f"}
    others = {"n": -1, "x": 1.5, "e": 1e5, "is_on": True, "none": None}
    lines = [f"{name}: {text}" for name, text in texts.items()]
    text = "\n".join([*lines, "n: -1", "x: 1.5", "e: 1e5", "is_on: true", "none: ~"])
    (tmp_path / "in.yaml").write_text(text, encoding="utf-8")
    converted(tmp_path / "in.yaml", tmp_path / "out.jsonl")
    assert read(tmp_path / "out.jsonl") == [{**texts, **others}]


def test_row_nested_too_deeply_is_a_dead_letter(tmp_path: Path) -> None:
    deep = b'{"a":' + b"[" * 900 + b"]" * 900 + b"}"
    (tmp_path / "in.jsonl").write_bytes(b'{"a":1}\n' + deep + b'\n{"a":2}\n')
    converted(tmp_path / "in.jsonl", tmp_path / "out.yaml")
    assert read(tmp_path / "out.yaml") == [{"a": 1}, {"a": 2}]
    assert [(letter["code"], letter["row"]) for letter in letters(tmp_path)] == [
        ("invalid-json", deep.decode())
    ]


def test_deepest_allowed_row_is_written_as_yaml(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"a":' + b"[" * 199 + b"]" * 199 + b"}\n")
    converted(tmp_path / "in.jsonl", tmp_path / "out.yaml")
    assert len(read(tmp_path / "out.yaml")) == 1


def test_row_over_the_limit_leaves_place_length_and_hash(tmp_path: Path) -> None:
    long = b'{"a":"' + b"x" * 1_100_000 + b'"}'
    (tmp_path / "in.jsonl").write_bytes(b'{"a":1}\n' + long + b"\n")
    converted(tmp_path / "in.jsonl", tmp_path / "out.json")
    (letter,) = letters(tmp_path)
    assert (letter["line"], letter["offset"], letter["length"]) == (2, 8, len(long))
    assert letter["sha256"] == hashlib.sha256(long).hexdigest()
    assert "row" not in letter


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_files_are_converted(tmp_path: Path, suffix: str) -> None:
    packed = write(tmp_path / "in.jsonl", ROWS).read_bytes()
    (tmp_path / f"in.jsonl{suffix}").write_bytes(
        gzip.compress(packed) if suffix == ".gz" else zstandard.compress(packed)
    )
    converted(tmp_path / f"in.jsonl{suffix}", tmp_path / f"out.json{suffix}")
    converted(tmp_path / f"out.json{suffix}", tmp_path / "out.json")
    assert read(tmp_path / "out.json") == ROWS


@pytest.mark.parametrize("held", [b"notes\n", b"[1]\n", b'{"n": 1}\n', b"\xff"])
def test_a_file_that_holds_no_dead_letters_is_not_replaced_by_them(tmp_path: Path, held: bytes) -> None:
    source, notes = write(tmp_path / "in.jsonl", ROWS), tmp_path / "notes.txt"
    notes.write_bytes(held)
    places = RowFile(source, "jsonl"), RowFile(tmp_path / "out.jsonl", "jsonl")
    work = ConversionContext(schema=None, clock=CLOCK, progress=SilentProgress())
    with pytest.raises(DataValidationError, match="no file of dead letters"):
        convert(*places, dead_letters=notes, work=work)
    assert notes.read_bytes() == held


@pytest.mark.parametrize("name", ["in.jsonl", "out.jsonl"])
def test_dead_letters_never_overwrite_the_rows(tmp_path: Path, name: str) -> None:
    source = write(tmp_path / "in.jsonl", ROWS)
    places = RowFile(source, "jsonl"), RowFile(tmp_path / "out.jsonl", "jsonl")
    work = ConversionContext(schema=None, clock=CLOCK, progress=SilentProgress())
    with pytest.raises(DataValidationError, match="cannot be the file of dead letters"):
        convert(*places, dead_letters=tmp_path / "." / name, work=work)
    assert read(source) == ROWS


@pytest.mark.parametrize("name", ["in.json", "link.json", "hard.json"])
def test_a_file_is_not_converted_into_itself(tmp_path: Path, name: str) -> None:
    source = write(tmp_path / "in.json", ROWS)
    (tmp_path / "link.json").symlink_to(source)
    (tmp_path / "hard.json").hardlink_to(source)
    with pytest.raises(DataValidationError, match="is the file that is read"):
        converted(source, tmp_path / name)
    assert read(source) == ROWS


def test_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    text = "".join(
        f'{{"a":{number}}}\n'
        for number in ("123456789012345678.123", "0.30000000000000000004", "3.10", "1e3", "1" * 40, "-0.0")
    )
    (tmp_path / "in.jsonl").write_text(text, encoding="utf-8")
    for name, back in (("a.json", "b.yaml"), ("b.yaml", "c.jsonl")):
        converted(tmp_path / ("in.jsonl" if name == "a.json" else "a.json"), tmp_path / name)
        converted(tmp_path / name, tmp_path / back)
    assert (tmp_path / "c.jsonl").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["in.yaml", "in.jsonl"])
def test_a_number_under_a_schema_of_texts_is_the_text_as_written(tmp_path: Path, name: str) -> None:
    numbers = ["3.10", "1e3", "1.0", "12345678901234567890.5", "007" if name == "in.yaml" else "7"]
    row = "- v: {}\n" if name == "in.yaml" else '{{"v":{}}}\n'
    (tmp_path / name).write_text("".join(map(row.format, numbers)), encoding="utf-8")
    schema = compile_schema(b'{"properties": {"v": {"type": "string"}}}', place="s.json")
    converted(tmp_path / name, tmp_path / "out.json", schema=schema)
    assert [row["v"] for row in read(tmp_path / "out.json")] == numbers


@pytest.mark.parametrize(
    "text", ["wait\x85done", "a\u2028b\u2029c", "\x85", "a\r\nb", "\ufeffx", "\x00\x1b", "\U0010ffff"]
)
def test_every_character_survives_yaml_and_csv(tmp_path: Path, text: str) -> None:
    first = write(tmp_path / "in.jsonl", [{"t": text, f"key {text}": "x"}])
    converted(first, tmp_path / "a.yaml")
    converted(tmp_path / "a.yaml", tmp_path / "a.csv")
    converted(tmp_path / "a.csv", tmp_path / "back.jsonl")
    assert read(tmp_path / "back.jsonl") == [{"t": text, f"key {text}": "x"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_next_line_character_in_yaml_is_part_of_its_text(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "in.yaml").write_text('- a: x\x85y\n- b: "x \u2028 y"\n- 5\n', encoding=encoding)
    converted(tmp_path / "in.yaml", tmp_path / "out.json")
    assert read(tmp_path / "out.json") == [{"a": "x\x85y"}, {"b": "x \u2028 y"}]
    assert [letter["line"] for letter in letters(tmp_path)] == [3]


def test_dead_letters_of_yaml_name_the_line(tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("# rows\n- id: a\n  seats: 1\n- id: b\n\n- {id: c}\n", encoding="utf-8")
    converted(tmp_path / "in.yaml", tmp_path / "out.json", schema=SCHEMA)
    assert [letter["line"] for letter in letters(tmp_path)] == [4, 6]


@pytest.mark.parametrize(
    ("name", "end"), [("in.csv", ""), ("in.tsv", ""), ("in.csv.gz", ".gz"), ("in.tsv.zst", ".zst")]
)
def test_a_delimiter_is_found_by_name_or_content(tmp_path: Path, name: str, end: str) -> None:
    mark = "\t" if ".tsv" in name else ";"
    text = f"id{mark}amount\n1{mark}2,50\n".encode()
    packed = {"": text, ".gz": gzip.compress(text), ".zst": zstandard.compress(text)}[end]
    (tmp_path / name).write_bytes(packed)
    converted(tmp_path / name, tmp_path / "out.json")
    assert read(tmp_path / "out.json") == [{"id": "1", "amount": "2,50"}]


def test_a_file_for_tsv_is_written_with_tabs(tmp_path: Path) -> None:
    converted(write(tmp_path / "in.json", [{"a": "x,y", "b": 1}]), tmp_path / "out.tsv")
    assert (tmp_path / "out.tsv").read_text(encoding="utf-8") == "a\tb\nx,y\t1\n"


@pytest.mark.parametrize("name", ["in.yaml", "in.csv"])
def test_a_row_over_the_limit_is_a_dead_letter_in_every_format(tmp_path: Path, name: str) -> None:
    long = "x" * 1_000_000
    (tmp_path / name).write_text(
        f"- a: {long}\n- a: y\n" if name == "in.yaml" else f"a\n{long}\ny\n", encoding="utf-8"
    )
    converted(tmp_path / name, tmp_path / "out.json")
    assert read(tmp_path / "out.json") == [{"a": "y"}]
    assert [letter["code"] for letter in letters(tmp_path)] == ["too-long"]


def test_dead_letters_of_an_earlier_run_are_removed(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("not JSON\n", encoding="utf-8")
    converted(tmp_path / "in.jsonl", tmp_path / "out.json")
    assert (tmp_path / "letters.jsonl").exists()
    converted(write(tmp_path / "in.jsonl", ROWS), tmp_path / "out.json")
    assert not (tmp_path / "letters.jsonl").exists()


def test_csv_refuses_a_column_that_appears_while_reading() -> None:
    writer = writer_of(io.BytesIO().write, "csv", columns=["a"], delimiter=",")
    with pytest.raises(Conflict, match="'b' appeared while"):
        writer.write({"a": 1, "b": 2})


def test_unknown_suffix_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="format is not known") as refused:
        converted(tmp_path / "in.xls", tmp_path / "out.jsonl")
    assert "--from" in refused.value.hint


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
def test_utf_16_is_named_with_the_command_that_converts_it(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_text('[{"id": "a"}]', encoding=encoding)
    with pytest.raises(DataValidationError, match="is UTF-16 text") as refused:
        converted(path, tmp_path / "rows.csv")
    assert "iconv" in refused.value.hint
