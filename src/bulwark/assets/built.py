"""Access to the built assets. Each file is checked against the manifest's digest on first use."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bulwark.errors import AssetError
from bulwark.sim.maps import Map, read_map

FOLDER = Path(__file__).resolve().parent / "built"
MANIFEST = "manifest.json"
FORMAT = 1
HINT = "`./keepwell play` builds the assets; in a checkout you can also run `python -m bulwark.assets`."


class Frame(NamedTuple):
    """The position of a picture in the atlas, in pixels; its pivot is its centre."""

    x: int
    y: int
    width: int
    height: int


class Atlas(NamedTuple):
    """The atlas image, its frames by name, and its pixels per map cell."""

    image: Path
    frames: Mapping[str, Frame]
    cell: int


def path(name: str, *, folder: Path = FOLDER) -> Path:
    """The built file called `name`, such as `sounds/build.wav`. Raises AssetError if it is missing or damaged."""
    _verify(name, folder)
    return folder / name


def names(*, folder: Path = FOLDER) -> Sequence[str]:
    """The names of all built files. Raises AssetError if none were built."""
    return sorted(_digests(folder))


def maps(*, folder: Path = FOLDER) -> list[Map]:
    """The maps in playing order. Raises AssetError, or MapError if this core reads another format."""
    files = [path(name, folder=folder) for name in names(folder=folder) if name.startswith("maps/")]
    return sorted((read_map(file.read_text(encoding="utf-8")) for file in files), key=lambda each: each.order)


def atlas(*, folder: Path = FOLDER) -> Atlas:
    """The atlas. Raises AssetError if it is missing or damaged."""
    document = json.loads(path("atlas.json", folder=folder).read_text(encoding="utf-8"))
    frames = {
        name: Frame(*(entry["frame"][side] for side in "xywh")) for name, entry in document["frames"].items()
    }
    return Atlas(path(document["meta"]["image"], folder=folder), frames, document["meta"]["cell"])


@functools.cache
def _verify(name: str, folder: Path) -> None:
    expected = _digests(folder).get(name)
    if expected is None:
        raise AssetError(f"There is no built asset `{name}`.", hint=HINT)
    if hashlib.sha256(_read(folder / name)).hexdigest() != expected:
        raise AssetError(
            f"The built asset `{name}` is damaged: its digest does not match the manifest.", hint=HINT
        )


@functools.cache
def _digests(folder: Path) -> Mapping[str, str]:
    try:
        manifest: Any = json.loads(_read(folder / MANIFEST))
    except ValueError as error:
        raise AssetError(f"The built assets' {MANIFEST} is damaged: {error}.", hint=HINT) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise AssetError(f"The built assets' {MANIFEST} has an unsupported version.", hint=HINT)
    digests: Mapping[str, str] = manifest["files"]
    return digests


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise AssetError(
            f"The built asset {file.name} cannot be read: {error.strerror}.", hint=HINT
        ) from error
