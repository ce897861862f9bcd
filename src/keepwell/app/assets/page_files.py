"""Which built files the page at a path needs besides those that every page needs, so that browsers fetch them at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from keepwell.platform.errors import DataValidationError

# The build writes it: web/apps/dashboard/page-files.ts.
TABLE = "page-files.json"
_Script = Annotated[str, msgspec.Meta(pattern=r"^assets/[\w.-]+\.js$")]
_Style = Annotated[str, msgspec.Meta(pattern=r"^assets/[\w.-]+\.css$")]


class PageFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The files of the pages at a path, in which `$name` stands for any segment."""

    path: str
    scripts: tuple[_Script, ...]
    styles: tuple[_Style, ...]


def page_files(static: Path) -> Sequence[PageFiles]:
    """The files of each page, as the build has left them; none if it has not run.

    Raises DataValidationError if the table names anything but built scripts and styles.
    """
    file = static / TABLE
    if not file.is_file():
        return ()
    try:
        return msgspec.json.decode(file.read_bytes(), type=tuple[PageFiles, ...])
    except msgspec.MsgspecError as error:
        raise DataValidationError(f"{file}: {error}", hint="Build the pages again.") from error


def links(static: Path, path: str, *, nonce: str) -> str:
    """The elements by which the page at `path` names its files; empty for a path without a page."""
    wanted = _segments(path)
    found = next((page for page in page_files(static) if _matches(_segments(page.path), wanted)), None)
    if found is None:
        return ""
    scripts = [_link("modulepreload", name, nonce) for name in found.scripts]
    return "".join([*scripts, *(_link("stylesheet", name, nonce) for name in found.styles)])


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _matches(pattern: Sequence[str], path: Sequence[str]) -> bool:
    return len(pattern) == len(path) and all(
        given == expected or (expected.startswith("$") and given != "")
        for expected, given in zip(pattern, path, strict=True)
    )


def _link(rel: str, name: str, nonce: str) -> str:
    return f'<link rel="{rel}" crossorigin href="/{name}" nonce="{nonce}">'
