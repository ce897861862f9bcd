"""The core as one zip, which the browser's Python imports; the same sources give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

# What the browser runs, all pure Python; the rest of the game needs a desktop or a network.
FILES = (
    "__init__.py",
    "errors.py",
    "pacing.py",
    "stars.py",
    "texts.py",
    "telemetry/__init__.py",
    "telemetry/events.py",
    "telemetry/match_reporter.py",
)
FOLDERS = ("browser", "saves", "sim")
TIMESTAMP = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
UNIX = 3


def build_core_archive(package: Path) -> bytes:
    """The zip of the core in `package`, the game's package folder; importable as `bulwark`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as core:
        for file in sorted(_sources(package), key=lambda file: file.relative_to(package).as_posix()):
            entry = zipfile.ZipInfo(f"bulwark/{file.relative_to(package).as_posix()}", TIMESTAMP)
            entry.external_attr, entry.create_system = READABLE, UNIX
            # Stored uncompressed, since zlib versions differ; the web server compresses it.
            core.writestr(entry, file.read_bytes(), zipfile.ZIP_STORED)
    return archive.getvalue()


def _sources(package: Path) -> Iterator[Path]:
    yield from (package / name for name in FILES)
    for folder in FOLDERS:
        yield from (package / folder).rglob("*.py")
