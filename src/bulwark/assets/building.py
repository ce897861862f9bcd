"""Builds every asset into one folder, which is replaced only once all of them are built."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from bulwark.assets import sounds
from bulwark.assets.archive import build_core_archive
from bulwark.assets.atlas import build_atlas
from bulwark.assets.built import FORMAT, MANIFEST
from bulwark.assets.ground import render_ground
from bulwark.assets.sheets import read_sheets
from bulwark.assets.tiled import read_tiled_map
from bulwark.errors import AssetError

SOURCES = Path(__file__).resolve().parent

Asset = tuple[str, bytes]
"""A file's name below the built folder, and its content."""


def build(folder: Path, say: Callable[[str], None], *, sources: Path = SOURCES) -> None:
    """Build the `sources` into `folder`, reporting each file to `say`.

    Raises AssetError naming the source that cannot be built; `folder` is then unchanged.
    """
    unfinished = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        _write(unfinished, say, sources)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    except OSError as error:
        raise AssetError(
            f"{folder} cannot be written: {error}.", hint="Check free space and permissions."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write(folder: Path, say: Callable[[str], None], sources: Path) -> None:
    digests = {}
    for name, content in _assets(sources):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        digests[name] = hashlib.sha256(content).hexdigest()
        say(f"{name} ({len(content) / 1000:,.0f} kB)")
    manifest = json.dumps({"format": FORMAT, "files": digests}, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(f"{manifest}\n", encoding="utf-8")


def _assets(sources: Path) -> Iterator[Asset]:
    """Each asset as soon as it is built, quick ones first."""
    yield "core.zip", build_core_archive(sources.parent)
    maps = [read_tiled_map(file) for file in sorted((sources / "maps").glob("*.tmx"))]
    for tiled in maps:
        yield f"maps/{tiled.map.id}.json", tiled.text.encode()
    for name, content in sounds.build_sounds():
        yield f"sounds/{name}.wav", content
    atlas = build_atlas(read_sheets(sources / "sprites"))
    yield "atlas.png", atlas.png
    yield "atlas.json", atlas.json
    for tiled in maps:
        yield f"grounds/{tiled.map.id}.png", render_ground(tiled, sources / "grounds")
