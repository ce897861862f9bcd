"""Builds every asset into one folder, which is replaced only once all of them are built."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from bulwark.assets import sounds
from bulwark.assets.archive import build_core_archive
from bulwark.assets.atlas import build_atlas, refuse_empty
from bulwark.assets.built import FORMAT, MANIFEST
from bulwark.assets.frames import check_frames
from bulwark.assets.ground import read_theme, render_ground, theme_file
from bulwark.assets.sheets import Sheet, read_sheets
from bulwark.assets.sources import refuse_stray_files
from bulwark.assets.tables import check_tables
from bulwark.assets.tiled import TiledMap, read_tiled_map
from bulwark.errors import AssetError

SOURCES = Path(__file__).resolve().parent

Asset = tuple[str, bytes]
"""A file's name below the built folder, and its content."""


class Checked(NamedTuple):
    """The sources, read and found to be complete."""

    folder: Path
    sheets: Sequence[Sheet]
    maps: Sequence[TiledMap]


def build(
    folder: Path, say: Callable[[str], None], *, sources: Path = SOURCES, parts: Collection[str] = ()
) -> None:
    """Build the `sources` into `folder`, reporting each file to `say`; of all PARTS, or only of some, keeping the rest.

    Raises AssetError naming the source that cannot be built; `folder` is then unchanged.
    """
    checked = check(sources)
    unfinished = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        if parts:
            _keep(folder, unfinished, parts)
        _write(unfinished, say, (asset for part in parts or PARTS for asset in PARTS[part](checked)))
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    except OSError as error:
        raise AssetError(
            f"{folder} cannot be written: {error}.", hint="Check free space and permissions."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def check(sources: Path) -> Checked:
    """Read every source. Raises AssetError naming the first that is missing, surplus or cannot be shown as drawn."""
    check_tables(sounds.SOUNDS)
    refuse_stray_files(sources)
    themes = sources / "grounds"
    for theme in sorted(themes.glob("*.svg")):
        read_theme(theme)
    maps = [read_tiled_map(file) for file in sorted((sources / "maps").glob("*.tmx"))]
    _refuse_equal_orders(maps)
    for tiled in maps:
        theme_file(tiled, themes)
    sheets = read_sheets(sources / "sprites")
    check_frames(sheets)
    refuse_empty(sheets)
    return Checked(sources, sheets, maps)


def _refuse_equal_orders(maps: Sequence[TiledMap]) -> None:
    for order, count in Counter(tiled.map.order for tiled in maps).items():
        if count > 1:
            files = " and ".join(f"{tiled.map.id}.tmx" for tiled in maps if tiled.map.order == order)
            raise AssetError(
                f"{files} have the same `order` {order}.", hint="Number the maps as they are played."
            )


def _keep(folder: Path, unfinished: Path, parts: Collection[str]) -> None:
    """Copy what an earlier build made of the other parts."""
    if not (folder / MANIFEST).is_file():
        raise AssetError(f"{folder} has no build to add to.", hint="Build everything once, without `--only`.")
    shutil.copytree(folder, unfinished)
    for part in parts:
        for name in _OUTPUTS[part]:
            for file in unfinished.glob(name):
                file.unlink()


def _write(folder: Path, say: Callable[[str], None], assets: Iterator[Asset]) -> None:
    for name, content in assets:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        say(f"{name} ({len(content) / 1000:,.0f} kB)")
    manifest = json.dumps({"format": FORMAT, "files": _digests(folder)}, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(f"{manifest}\n", encoding="utf-8")
    _compress_tables(folder)


def _compress_tables(folder: Path) -> None:
    """Add a compressed twin of each table, for servers that send it in its place; pictures and sounds are compressed."""
    for twin in [*folder.rglob("*.json.gz")]:
        twin.unlink()
    for file in [*folder.rglob("*.json")]:
        # Without a time, so that the same sources give the same bytes.
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))


def _digests(folder: Path) -> Mapping[str, str]:
    files = [file for names in _OUTPUTS.values() for name in names for file in folder.glob(name)]
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }


def _core(checked: Checked) -> Iterator[Asset]:
    yield "core.zip", build_core_archive(checked.folder.parent)


def _maps(checked: Checked) -> Iterator[Asset]:
    yield from ((f"maps/{tiled.map.id}.json", tiled.text.encode()) for tiled in checked.maps)


def _sounds(_: Checked) -> Iterator[Asset]:
    yield from ((f"sounds/{name}.wav", content) for name, content in sounds.build_sounds())


def _atlas(checked: Checked) -> Iterator[Asset]:
    atlas = build_atlas(checked.sheets)
    yield "atlas.png", atlas.png
    yield "atlas.json", atlas.json


def _grounds(checked: Checked) -> Iterator[Asset]:
    for tiled in checked.maps:
        yield f"grounds/{tiled.map.id}.png", render_ground(tiled, checked.folder / "grounds")


PARTS: Mapping[str, Callable[[Checked], Iterator[Asset]]] = MappingProxyType(
    {"core": _core, "maps": _maps, "sounds": _sounds, "atlas": _atlas, "grounds": _grounds}
)
_OUTPUTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "core": ("core.zip",),
        "maps": ("maps/*.json",),
        "sounds": ("sounds/*.wav",),
        "atlas": ("atlas.png", "atlas.json"),
        "grounds": ("grounds/*.png",),
    }
)
