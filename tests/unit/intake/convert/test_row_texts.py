from __future__ import annotations

import hashlib
import io
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.intake.convert.row_texts import RowText, items_of, lines_of
from keepwell.platform.errors import DataValidationError

LONGEST = 1_000


class Dribble(io.BytesIO):
    """A file that gives at most so many bytes at a time."""

    def __init__(self, text: bytes, size: int) -> None:
        super().__init__(text)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._size if size is None or size < 0 else min(size, self._size))


def items(text: bytes, *, size: int = 1 << 20) -> list[RowText]:
    return list(items_of(Dribble(text, size), name="in.json", longest=LONGEST))


values = st.recursive(
    st.none() | st.integers(-999, 999) | st.text('ab"\\[]{},: \n\u00e9', max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a"\\}', max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(rows=st.lists(values, max_size=5), indent=st.sampled_from([None, 0, 2]), size=st.integers(1, 30))
def test_items_do_not_depend_on_where_pieces_end(rows: list[object], indent: int | None, size: int) -> None:
    text = b"\n " + json.dumps(rows, indent=indent).encode() + b"\n"
    found = items(text, size=size)
    assert [msgspec.json.decode(item.text) for item in found] == rows
    for item in found:
        assert text[item.offset : item.offset + item.length] == item.text
        assert item.line == 1 + text.count(b"\n", 0, item.offset)


def test_invalid_item_is_returned_unchanged() -> None:
    found = items(b'\xef\xbb\xbf[{bad}, ,\n{"a": tru}\n]')
    assert [(item.text, item.line, item.offset) for item in found] == [
        (b"{bad}", 1, 4),
        (b"", 1, 11),
        (b'{"a": tru}', 2, 13),
    ]


@pytest.mark.parametrize("size", [7, 1 << 20])
def test_item_over_the_limit_has_length_and_hash(size: int) -> None:
    long = b'{"a":"' + b"x" * 5_000 + b'"}'
    (first, item, last) = items(b'[{"b":1},\n ' + long + b',{"b":2}]', size=size)
    assert item == RowText(2, 11, b"", len(long), hashlib.sha256(long).hexdigest())
    assert (first.text, last.text) == (b'{"b":1}', b'{"b":2}')


def test_nesting_needs_no_memory() -> None:
    (item,) = items(b"[" + b"[" * 200 + b"]" * 200 + b"]")
    assert item.length == 400


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "not a JSON array"),
        (b" \n", "not a JSON array"),
        (b'{"a":1}', "not a JSON array"),
        (b"[", "after row 0: the file ends within the array"),
        (b'[{"a":1},\n{"a":"x},{"a":2}]', r"after row 1: the file ends within the array \(line 2\)"),
        (b'[{"a":1}][{"a":2}]', "after row 1: there is text after the array"),
        (b"[1] \n x", "after row 1: there is text after the array"),
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_incomplete_or_missing_array_is_refused(text: bytes, why: str, size: int) -> None:
    with pytest.raises(DataValidationError, match=why):
        items(text, size=size)


def test_lines_come_without_line_ends_and_blank_ones_are_skipped() -> None:
    found = lines_of(io.BytesIO(b"\xef\xbb\xbfa\r\n\n \n b\nc"), longest=LONGEST)
    assert [(line.line, line.text) for line in found] == [(1, b"a"), (4, b"b"), (5, b"c")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_line_over_the_limit_has_length_and_hash_and_the_next_is_read(end: bytes) -> None:
    long = b"x" * 2_500
    rest = b"b" if end else b""
    found = list(lines_of(io.BytesIO(b"a\n" + long + end + rest), longest=LONGEST))
    assert found[1] == RowText(2, 2, b"", len(long), hashlib.sha256(long).hexdigest())
    assert [line.text for line in found[2:]] == [rest][: len(rest)]


def test_line_at_the_limit_is_complete() -> None:
    (line,) = lines_of(io.BytesIO(b"x" * LONGEST + b"\n"), longest=LONGEST)
    assert line.text == b"x" * LONGEST
