from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import thorough

from keepwell.platform.errors import DataValidationError
from keepwell.platform.formats.csv_records import BrokenRecord, CsvFile, Record


def written(folder: Path, content: str | bytes, **options: Any) -> CsvFile:
    path = folder / "accounts.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return CsvFile(path, **options)


def values(file: CsvFile) -> list[dict[str, str] | str]:
    """The values of each row, or the code of why it is broken."""
    return [each.code if isinstance(each, BrokenRecord) else each.values for each in file.records()]


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


@pytest.mark.parametrize("cell", ["x" * 2_000, '"' + "x\n" * 1_000 + '"'])
def test_a_record_over_the_limit_is_one_broken_record_with_its_hash(tmp_path: Path, cell: str) -> None:
    file = written(tmp_path, f"id,name\nA-1,{cell}\nA-2,Beta\n", longest=1_000)
    broken, good = file.records()
    assert isinstance(broken, BrokenRecord)
    text = f"A-1,{cell}\n".encode()
    assert (broken.code, broken.text, broken.length) == ("field-too-long", "", len(text))
    assert broken.sha256 == hashlib.sha256(text).hexdigest()
    assert isinstance(good, Record)


def test_a_quoted_cell_of_many_lines_that_look_like_rows_is_one_cell(tmp_path: Path) -> None:
    trace = "\n".join(f"frame {number},module" for number in range(5_000))
    file = written(tmp_path, f'id,text\n1,"{trace}"\n2,after\n')
    assert values(file) == [{"id": "1", "text": trace}, {"id": "2", "text": "after"}]
    assert [record.line for record in file.records()] == [2, 5_002]


def test_a_quoted_cell_of_200_000_characters_is_read(tmp_path: Path) -> None:
    assert values(written(tmp_path, f'id,text\n1,"{"x" * 200_000}"\n'))[0] == {
        "id": "1",
        "text": "x" * 200_000,
    }


def test_a_malformed_quote_in_a_cell_of_many_lines_invents_no_rows(tmp_path: Path) -> None:
    file = written(tmp_path, 'id,text\n1,"he said "hi"\nfoo,bar\nend"\n2,after\n')
    assert values(file) == ["broken-quote", {"id": "2", "text": "after"}]


def test_a_quote_within_an_unquoted_cell_is_a_character(tmp_path: Path) -> None:
    file = written(tmp_path, 'id,text,more\n1,5" disk,"a\nb"\n2,x,y\n')
    assert values(file)[0] == {"id": "1", "text": '5" disk', "more": "a\nb"}


def test_a_column_name_may_have_a_line_break(tmp_path: Path) -> None:
    file = written(tmp_path, 'id,"amount\n(USD)"\n1,2\n')
    assert list(file.records()) == [Record(3, "1,2", {"id": "1", "amount\n(USD)": "2"})]


def test_an_unclosed_quote_in_the_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="header is not CSV"):
        written(tmp_path, 'id,"name\n1\n')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1,left\rright\n", "carriage-return"),
        ('1,"left\rright"\n', {"id": "1", "text": "left\rright"}),
        ("1,left\r\n", {"id": "1", "text": "left"}),
    ],
)
def test_a_carriage_return_is_kept_in_quotes_and_refused_outside(
    tmp_path: Path, body: str, expected: object
) -> None:
    assert values(written(tmp_path, f"id,text\n{body}2,ok\n")) == [expected, {"id": "2", "text": "ok"}]


def test_a_blank_line_is_an_empty_value_of_a_single_column(tmp_path: Path) -> None:
    assert values(written(tmp_path, "name\nann\n\nbob\n")) == [{"name": "ann"}, {"name": ""}, {"name": "bob"}]


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("id;amount\n1;2,50\n", ";"),
        ("id;amount, net;name\n1;2,50;x\n", ";"),
        ("id\tname\n1\tDoe, John\n", "\t"),
        ("id|name\n1|a;b\n", "|"),
        ("id;name\n", ";"),
        ('id;"a,b,c,d"\n1;x\n', ";"),
        ("id,tags;x,name\n1,a;b,c\n", ","),
        ("name\nDoe; John\n", ","),
        ("a|b\nfoo\n", ","),
    ],
)
def test_the_delimiter_is_the_one_that_fits_header_and_rows(
    tmp_path: Path, content: str, delimiter: str
) -> None:
    assert written(tmp_path, content).delimiter == delimiter


def test_a_named_delimiter_is_not_guessed(tmp_path: Path) -> None:
    assert values(written(tmp_path, "a,b^c\n1,2^3\n", delimiter="^")) == [{"a,b": "1,2", "c": "3"}]


def test_what_the_csv_module_writes_is_read_back(tmp_path: Path) -> None:
    cells = ["", "a,b", 'say "hi"', "x\ny", "x\r\ny", "\r", "\n", " ", "\ufeffbom", "\x85", "'"]
    rows = [["n", "cell"], *([str(number), cell] for number, cell in enumerate(cells))]
    line = io.StringIO(newline="")
    csv.writer(line).writerows(rows)
    file = written(tmp_path, line.getvalue())
    assert values(file) == [{"n": number, "cell": cell} for number, cell in rows[1:]]


def test_a_folder_is_refused_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="There is no file"):
        CsvFile(tmp_path)


def test_a_duplicate_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="'id' twice"):
        written(tmp_path, "id,id\n1,2\n")


def test_an_empty_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match=r"accounts\.csv:1: has no header"):
        written(tmp_path, "")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=thorough.repeats(30, thorough=600),
)
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


@pytest.mark.parametrize("first", ["sep=;\r\n", "\ufeffsep=;\n", '"sep=;"\n', "SEP=;\r"])
def test_a_line_that_states_the_delimiter_is_not_the_header(tmp_path: Path, first: str) -> None:
    end = first[-1]
    file = written(tmp_path, f"{first}id;net, EUR{end}A-1;1,5{end}")
    assert list(file.records()) == [Record(3, "A-1;1,5", {"id": "A-1", "net, EUR": "1,5"})]


def test_delimiters_that_fit_equally_well_are_refused_by_name(tmp_path: Path) -> None:
    content = "id;net, EUR\nA-1;1,5\nA-2;2,25\n"
    with pytest.raises(DataValidationError, match="may be comma or semicolon") as refused:
        written(tmp_path, content)
    assert "--delimiter semicolon" in refused.value.hint
    assert values(written(tmp_path, content, delimiter=";"))[1] == {"id": "A-2", "net, EUR": "2,25"}
