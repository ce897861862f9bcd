"""Texts of others on a terminal."""

from __future__ import annotations

import json

import pytest
from rich.table import Table

from keepwell.platform.cli.command_line import print_json, print_listed, print_table
from keepwell.platform.cli.visible import visible

# Clears the screen, a title, colours, a C1 control, a reversal of the direction, an overwritten line.
HOSTILE = (
    "\x1b[2J\x1b]0;mine\x07 \x1b[31mred\x1b[0m \x9b1A \u202egnp.exe \x7f \U000e0041 \rAda [bold]x[/bold]"
)
RAW = ("\x1b", "\x07", "\x9b", "\u202e", "\r", "\x7f", "\U000e0041")


def test_a_name_in_a_list_a_table_or_json_reaches_the_terminal_without_its_controls(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Table("name")
    table.add_row(HOSTILE)
    print_table(table)
    print_listed([HOSTILE], lambda each: each, as_json=False)
    print_listed([HOSTILE], lambda each: each, as_json=True)
    print_json({"name": HOSTILE})
    printed = capsys.readouterr().out
    assert not any(each in printed for each in RAW)
    assert "[bold]" in printed


def test_a_wide_table_is_folded_to_a_terminal_and_keeps_each_figure_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    # Which has 80 columns, and no bold letters.
    monkeypatch.setenv("TERM", "dumb")
    table = Table("website", "state", "count")
    table.columns[2].justify = "right"
    table.add_row("https://arcade.example/" + "x" * 90, "moved: https://other.example/", "1,234,567")
    print_table(table)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum("1,234,567" in line for line in lines) == 1
    assert sum(line.count("x") for line in lines) == 90 + 2


def test_json_on_a_terminal_has_the_same_content(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": HOSTILE})
    assert json.loads(capsys.readouterr().out) == {"name": HOSTILE}


@pytest.mark.parametrize("text", ["Ada", "Zoë Ω 日本 😀", "two\nlines\tand a tab"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("turning", [chr(each) for each in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))])
def test_a_character_that_turns_the_direction_of_writing_is_shown_as_an_escape(turning: str) -> None:
    assert visible(f"Ada{turning}") == f"Ada\\u{ord(turning):04x}"


def test_a_byte_that_is_not_utf8_is_shown_as_an_escape() -> None:
    assert visible("a\udcff.jsonl") == "a\\udcff.jsonl"
