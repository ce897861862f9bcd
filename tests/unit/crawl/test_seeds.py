"""The URLs of a command line and its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.crawl.seeds import Seeds
from keepwell.platform.errors import DataValidationError


def test_comments_blank_lines_a_mark_and_windows_line_ends_are_no_part_of_a_url(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_bytes(
        b"\xef\xbb\xbf# ours\r\n\r\n http://a.example/gone # old\r\n\t# new\r\nb.example/#top\r\n"
    )
    seeds = Seeds([str(file)])
    assert list(seeds) == ["http://a.example/gone", "https://b.example/"]
    assert seeds.rejected == 0


@pytest.mark.parametrize("word", ["urls.txt", "./lists/URLS.CSV"])
def test_a_file_that_is_not_there_is_no_website(word: str) -> None:
    with pytest.raises(DataValidationError, match="There is no file"):
        list(Seeds([word]))


@pytest.mark.parametrize(
    "line",
    ['"acme.example"', "12.50", "..", "./a", "http://1.5/", "one, two", "a.example/\tb", "a.example/\0"],
)
def test_a_line_of_something_else_is_named_and_not_said_to_be_dead(line: str, tmp_path: Path) -> None:
    file = tmp_path / "urls"
    file.write_text(f"{line}\na.example\n", encoding="utf-8")
    seeds = Seeds([str(file)])
    assert list(seeds) == ["https://a.example/"]
    (problem,) = seeds.problems
    assert problem.startswith(f"{file}, line 1: {line!r} ")


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.1:81",
        "http://[2001:db8::1]/",
        "b\u00fccher.example",
        "a_b.c--d.example.",
        "http://localhost:1/",
    ],
)
def test_every_form_of_a_host_is_taken(text: str) -> None:
    assert len(list(Seeds([text]))) == 1


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("name,website,mrr", "take column 2, 'website'"),
        ("Acme;acme.example;29", "take column 2, 'acme.example'"),
        ("acme.example;29,50;EUR", "take column 1, 'acme.example'"),
        ("id\tHomepage\tplan", "take column 2, 'Homepage'"),
        ('"Acme, Inc.","https://acme.example/",29', "take column 2, 'https://acme.example/'"),
    ],
)
def test_a_table_is_named_once_with_the_column_to_take(head: str, column: str, tmp_path: Path) -> None:
    delimiter = next(each for each in "\t;," if each in head)
    row = delimiter.join(["https://b.example/", "Acme", "29"])
    file = tmp_path / "urls.csv"
    file.write_text(f"{head}\n{row}\n{row}\nhttps://a.example/x,y\n", encoding="utf-8")
    seeds = Seeds([str(file)])
    # A URL with a comma is none of its rows.
    assert list(seeds) == ["https://a.example/x,y"]
    (problem,) = seeds.problems
    assert column in problem
    assert problem.startswith(f"{file}, line 1: ")
    assert seeds.rejected == 3


def test_an_odd_line_further_down_is_no_table(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("a.example\nsee b.example, c.example\nhttps://a.example/x,y\n", encoding="utf-8")
    seeds = Seeds([str(file)])
    assert list(seeds) == ["https://a.example/", "https://a.example/x,y"]
    assert len(seeds.problems) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_in_the_encoding_of_its_mark(encoding: str, end: str, tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    lines = ["# ours", "", "http://b\u00fccher.example/", "nonsense", "a.example"]
    file.write_bytes((mark + end.join(lines)).encode(encoding))
    seeds = Seeds([str(file)])
    assert list(seeds) == ["http://xn--bcher-kva.example/", "https://a.example/"]
    assert seeds.problems == [f"{file}, line 4: 'nonsense' is not the URL of a page."]


def test_nul_bytes_are_said_and_the_other_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_bytes("a.example".encode("utf-16-le") + b"\nb.example\n\0\0\nc.example/\xff\n")
    seeds = Seeds([str(file)])
    assert list(seeds) == ["https://b.example/"]
    assert [problem.rsplit(" has ")[-1] for problem in seeds.problems[:2]] == [
        "NUL bytes: save the file as UTF-8."
    ] * 2
    assert seeds.rejected == 3
