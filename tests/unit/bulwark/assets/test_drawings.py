"""SVG as artists export it: what would be missing from the picture ends the build, with file and cause."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from bulwark.assets.atlas import refuse_empty
from bulwark.assets.building import check
from bulwark.assets.sheets import read_sheets
from bulwark.errors import AssetError

SHEET = "tower/bolt.svg"
IN_FRAME, IN_DEFS, ROOT = (
    '<svg id="base-0" x="0" y="0" width="128" height="128" viewBox="-64 -64 128 128">',
    "<defs>",
    "<svg ",
)
PATH = '<path d="M0 0h9v9"'
BOMB = '<path id="b0" d="M0 0h1v1"/>' + "".join(
    f'<g id="b{n}">' + f'<use href="#b{n - 1}"/>' * 10 + "</g>" for n in range(1, 12)
)
ENTITIES = "<!DOCTYPE svg [<!ENTITY a0 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY a{n} '" + f"&a{n - 1};" * 10 + "'>" for n in range(1, 10)
)


def damage(drawn: Path, before: str, after: str) -> None:
    file = drawn / "sprites" / SHEET
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ('<image href="stone.png"/>', r", line 39: <image> cannot be drawn"),
        ('<image href="data:image/png;base64,AA"/>', r", line 39: <image> cannot be drawn"),
        ('<text font-family="Arial">A</text>', ", line 39: <text> cannot be drawn"),
        ("<style>.a{fill:red}</style>", ", line 39: <style> cannot be drawn"),
        ("<script>draw()</script>", ", line 39: <script> cannot be drawn"),
        ("<animate/>", ", line 39: <animate> cannot be drawn"),
        ("<rectt/>", ": <rectt> cannot be drawn.*Did you mean `rect`"),
        (f'{PATH} xmlns=""/>', ": <path> cannot be drawn"),
        (f'{PATH} class="a"/>', ": <path> has a class"),
        (f'{PATH} fill="url(paints.svg#red)"/>', ": <path>: fill leads outside the file: 'paints.svg#red'"),
        (
            '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>',
            ": a drawing contains itself: '[ab]' uses",
        ),
        ('<use href="other.svg#a"/>', ": <use>: href leads outside the file"),
        (f'{PATH} fill="url(#stoen)"/>', ": <path>: fill refers to '#stoen'.*Did you mean `stone`"),
        (f'{PATH} fill="goldd"/>', ": <path>: fill 'goldd' is not a colour"),
        (f'{PATH} fill="#12345"/>', ": <path>: fill '#12345' is not a colour"),
        (f'{PATH} style="fill:#f00 device-cmyk(0,1,1,0)"/>', ": <path>: fill .* is not a colour"),
        ("<g>" * 3000 + "</g>" * 3000, ": groups are nested more than 60 deep"),
    ],
)
def test_what_the_renderer_would_pass_over_is_reported(drawn: Path, inside: str, message: str) -> None:
    damage(drawn, IN_FRAME, f"{IN_FRAME}\n{inside}")
    with pytest.raises(AssetError, match=rf"^sprites/tower/bolt\.svg{message}"):
        read_sheets(drawn / "sprites")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (' xmlns="http://www.w3.org/2000/svg"', "", ": the namespace is missing"),
        (ROOT, '<svg fill="none" ', ": `fill` of the outermost <svg> does not reach"),
        (IN_DEFS, f'{PATH} id="layer1"/><defs>', ": a flat drawing: <path id='layer1'>"),
        (IN_DEFS, "<style/><defs>", ", line 2: <style> cannot be drawn"),
        (
            'width="128"',
            'transform="scale(2)" width="128"',
            ", frame base-0: a frame itself has no `transform`",
        ),
        (
            'viewBox="-64 -64 128 128"',
            'viewBox="-64 -64 128"',
            ", frame base-0: its viewBox is not four numbers",
        ),
        (
            'viewBox="-64 -64 128 128"',
            'viewBox="0 0 nan nan"',
            ", frame base-0: its size or viewBox is not positive",
        ),
        ('viewBox="-64 -64 128 128"', 'viewBox="0 0 128 64"', ", frame base-0: its viewBox of 128 x 64"),
        (IN_DEFS, '<defs><image xlink:href="a.png"/>', " is not well-formed XML: unbound prefix"),
    ],
)
def test_a_sheet_that_is_no_sheet_is_reported(drawn: Path, before: str, after: str, message: str) -> None:
    damage(drawn, before, after)
    with pytest.raises(AssetError, match=rf"^sprites/tower/bolt\.svg{message}"):
        read_sheets(drawn / "sprites")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('viewBox="-64 -64 128 128"', 'viewBox="900 900 128 128"', "it is empty"),
        (IN_DEFS, f"<defs>{BOMB}", " cannot be rendered"),
    ],
)
def test_a_frame_that_shows_nothing_is_reported(drawn: Path, before: str, after: str, message: str) -> None:
    damage(drawn, before, after)
    sheets = [sheet for sheet in read_sheets(drawn / "sprites") if sheet.name == "tower/bolt"]
    with pytest.raises(AssetError, match=rf"^sprites/tower/bolt\.svg, frame base-0.*{message}"):
        refuse_empty(sheets)


def test_expanding_entities_are_refused(drawn: Path) -> None:
    damage(drawn, ROOT, f"{ENTITIES}]><svg ")
    damage(drawn, IN_DEFS, "<title>&a9;</title><defs>")
    with pytest.raises(AssetError, match=r"^sprites/tower/bolt\.svg is not well-formed XML"):
        read_sheets(drawn / "sprites")


@pytest.mark.parametrize(
    ("rewrite", "message"),
    [
        (
            lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9"/></svg>',
            ": a flat drawing: <path>",
        ),
        (lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"/>', " has no frames"),
        (lambda _: b"<html/>", ": <html> is not an SVG drawing"),
        (lambda _: b"\x89PNG\r\n", " is a PNG picture"),
        (lambda _: b"GIF89a", " is a GIF picture"),
        (gzip.compress, " is gzip-compressed"),
        (lambda _: b"", " is not well-formed XML"),
        (
            lambda text: b'<?xml version="1.0" encoding="klingon"?>' + text,
            " is not well-formed XML: unknown encoding",
        ),
        (lambda text: text + b" " * 1_000_000, " has 1,018 kB, more than 1,000 kB"),
    ],
)
def test_a_file_of_another_kind_is_reported(
    drawn: Path, rewrite: Callable[[bytes], bytes], message: str
) -> None:
    file = drawn / "sprites" / SHEET
    file.write_bytes(rewrite(file.read_bytes()))
    with pytest.raises(AssetError, match=rf"^sprites/tower/bolt\.svg{message}"):
        read_sheets(drawn / "sprites")


def test_other_ways_to_write_the_same_drawing_are_accepted(drawn: Path) -> None:
    file = drawn / "sprites" / SHEET
    text = file.read_text(encoding="utf-8").replace("url(#stone)", "url( '#stone' )")
    file.write_text(text, encoding="utf-16")
    fills = {
        element.get("fill")
        for sheet in read_sheets(drawn / "sprites")
        for frame in sheet.frames
        if sheet.name == "tower/bolt"
        for element in frame.element.iter()
    }
    assert "url(#tower/bolt.stone)" in fills


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('id="water"', 'id="watter"', "has no `water` in its <defs>.*Did you mean `watter`"),
        ("</defs>", "</defs><rect/>", ": a flat drawing: <rect>"),
        ("<defs>", "<defs><image/>", ", line 3: <image> cannot be drawn"),
        ("</svg>", "", " is not well-formed XML"),
    ],
)
def test_an_invalid_ground_is_reported(drawn: Path, before: str, after: str, message: str) -> None:
    file = drawn / "grounds" / "grass.svg"
    file.write_text(file.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    with pytest.raises(AssetError, match=rf"^grounds/grass\.svg ?{message}"):
        check(drawn)
