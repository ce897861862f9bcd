from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.platform.errors import DataValidationError
from keepwell.platform.formats.csv_records import BrokenRecord, CsvFile, Record


def written(folder: Path, content: str | bytes) -> CsvFile:
    path = folder / "accounts.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return CsvFile(path)


def test_a_row_has_its_values_by_column_and_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, "id,name\nA-1,Acme\n")
    assert list(file.records()) == [Record(2, "A-1,Acme", {"id": "A-1", "name": "Acme"})]


def test_a_quoted_field_may_contain_commas_quotes_and_line_breaks(tmp_path: Path) -> None:
    file = written(tmp_path, 'id,name\r\nA-1,"Acme, ""Inc""\r\nLtd"\r\nA-2,Beta\r\n')
    first, second = file.records()
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.values["name"] == 'Acme, "Inc"\r\nLtd'
    assert (first.line, second.line) == (2, 4)


def test_an_unclosed_quote_rejects_only_its_own_row(tmp_path: Path) -> None:
    file = written(tmp_path, 'id,name\nA-1,"Acme\nA-2,Beta\nA-3,Gamma\n')
    broken, *rest = file.records()
    assert isinstance(broken, BrokenRecord)
    assert (broken.line, broken.code) == (2, "broken-quote")
    assert [record.values["id"] for record in rest if isinstance(record, Record)] == ["A-2", "A-3"]


def test_text_after_a_closing_quote_is_a_broken_quote(tmp_path: Path) -> None:
    file = written(tmp_path, 'id,name\nA-1,"Ac"me\nA-2,Beta\n')
    codes = [record.code for record in file.records() if isinstance(record, BrokenRecord)]
    assert codes == ["broken-quote"]


def test_invalid_utf8_rejects_only_its_own_row_and_is_shown_escaped(tmp_path: Path) -> None:
    file = written(tmp_path, b"id,name\nA-1,Caf\xe9\nA-2,Beta\n")
    broken, good = file.records()
    assert isinstance(broken, BrokenRecord)
    assert (broken.code, broken.text) == ("invalid-encoding", "A-1,Caf\\xe9")
    assert isinstance(good, Record)


def test_a_row_with_an_extra_field_is_reported_and_not_shifted(tmp_path: Path) -> None:
    file = written(tmp_path, "id,name\nA-1,Acme,extra\n")
    (broken,) = file.records()
    assert isinstance(broken, BrokenRecord)
    assert broken.reason == "The row has 3 fields, the header 2."


def test_a_byte_order_mark_is_not_part_of_the_first_column(tmp_path: Path) -> None:
    assert written(tmp_path, b"\xef\xbb\xbfid,name\nA-1,Acme\n").header == ["id", "name"]


def test_utf16_is_refused_with_the_command_that_converts_it(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="UTF-16") as refused:
        written(tmp_path, "id,name\n".encode("utf-16"))
    assert "iconv" in refused.value.hint


def test_utf16_without_a_byte_order_mark_is_also_refused(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="UTF-16"):
        written(tmp_path, "id,name\n".encode("utf-16-le"))


def test_lines_may_end_with_a_carriage_return_alone(tmp_path: Path) -> None:
    file = written(tmp_path, "id,name\rA-1,Acme\rA-2,Beta\r")
    assert [record.values["id"] for record in file.records() if isinstance(record, Record)] == ["A-1", "A-2"]


def test_a_line_of_megabytes_rejects_only_its_own_row(tmp_path: Path) -> None:
    file = written(tmp_path, f"id,name\nA-1,{'x' * 2_000_000}\nA-2,Beta\n")
    broken, good = file.records()
    assert isinstance(broken, BrokenRecord)
    assert broken.code == "field-too-long"
    assert isinstance(good, Record)


def test_a_folder_is_refused_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="There is no file"):
        CsvFile(tmp_path)


def test_a_duplicate_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="'id' twice"):
        written(tmp_path, "id,id\n1,2\n")


def test_an_empty_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match=r"accounts\.csv:1: has no header"):
        written(tmp_path, "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(lines=st.lists(st.text(alphabet='ab,"\r\né', max_size=8), max_size=8))
def test_every_line_is_part_of_exactly_one_record(tmp_path: Path, lines: list[str]) -> None:
    body = "\n".join(lines)
    file = written(tmp_path, "id,name\n" + body)
    numbers = [record.line for record in file.records()]
    assert numbers == sorted(set(numbers))
    text = "".join(record.text for record in file.records())
    assert sorted(text.replace("\r", "").replace("\n", "")) == sorted(
        body.replace("\r", "").replace("\n", "")
    )
