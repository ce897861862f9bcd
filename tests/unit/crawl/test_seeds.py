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
    ["Acme;acme.example;29", "acme.example;29,50", '"acme.example"', "12.50", "..", "./a", "http://1.5/"],
)
def test_a_line_of_something_else_is_named_and_not_said_to_be_dead(line: str, tmp_path: Path) -> None:
    file = tmp_path / "urls"
    file.write_text(f"{line}\na.example\n", encoding="utf-8")
    seeds = Seeds([str(file)])
    assert list(seeds) == ["https://a.example/"]
    assert seeds.problems == [f"{file}, line 1: {line!r} is not the URL of a page."]


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
