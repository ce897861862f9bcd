"""The files an artist makes: read, and refused by name if the build would ignore one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from bulwark.errors import AssetError

MAX_BYTES = 1_000_000

# What each folder of sources contains; whatever else lies there was meant to be used, and would not be.
FOLDERS: Mapping[str, Collection[str]] = {
    "sprites": {".svg"},
    "grounds": {".svg"},
    "maps": {".tmx", ".tsx", ".tiled-project", ".tiled-session"},
}
OWN = {"", ".py", ".md"}
IGNORED = {"__pycache__", "built", "built.new"}

_HINTS: Mapping[str, str] = {
    **dict.fromkeys(
        (".png", ".gif", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".psd", ".xcf", ".ai", ".pdf"),
        "Pictures are drawn as SVG, whose shapes stay sharp at every size: see src/bulwark/assets/README.md.",
    ),
    **dict.fromkeys(
        (".wav", ".mp3", ".ogg", ".flac", ".aiff", ".m4a"),
        "Recordings are not read: a sound is a function in src/bulwark/assets/sounds.py.",
    ),
    **dict.fromkeys((".tmj", ".json", ".tsj"), "In Tiled, save the map as `.tmx` and its tileset as `.tsx`."),
    ".svgz": "Save it uncompressed, as `.svg`.",
}
_SIGNATURES: Mapping[bytes, str] = {
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"RIFF": "a WebP picture or a WAV sound",
    b"ID3": "an MP3 sound",
    b"\x1f\x8b": "gzip-compressed",
    b"%PDF": "a PDF",
}


def shown(file: Path, sources: Path) -> str:
    """The file as errors name it, such as `sprites/tower/bolt.svg`."""
    return file.relative_to(sources).as_posix()


def did_you_mean(name: str, known: Collection[str], *, otherwise: str) -> str:
    """A hint: the known name that `name` probably stands for, or `otherwise`."""
    # Only the last parts are compared: every tower is a little like `tower/arc`.
    last = {each.rpartition("/")[2]: each for each in sorted(known)}
    close = [last[each] for each in get_close_matches(name.rpartition("/")[2], last, 1)]
    return f"Did you mean `{close[0]}`? {otherwise}" if close else otherwise


def read_source(file: Path, name: str) -> bytes:
    """The content of `file`, called `name` in errors. Raises AssetError if it cannot be read or is of another kind."""
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise AssetError(
            f"{name} cannot be read: {error.strerror}.", hint="Is it a readable file?"
        ) from error
    if size > MAX_BYTES:
        limit = f"{MAX_BYTES // 1000:,} kB"
        raise AssetError(
            f"{name} has {size // 1000:,} kB, more than {limit}.",
            hint="Simplify its paths, and remove embedded pictures and the editor's own data.",
        )
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            raise AssetError(
                f"{name} is {kind}, whatever its name says.",
                hint="Export it again from the program it was drawn in.",
            )
    return content


def refuse_stray_files(sources: Path) -> None:
    """Raise AssetError naming a file or folder that the build would ignore."""
    for entry in sorted(sources.iterdir()):
        if _is_ignored(entry):
            continue
        if entry.is_dir() and entry.name not in FOLDERS:
            _refuse_folder(entry)
        if entry.is_file() and entry.suffix not in OWN:
            raise AssetError(f"{entry.name} does not belong here.", hint=_hint(entry, OWN))
    for folder, endings in FOLDERS.items():
        for file in _files(sources / folder):
            if file.suffix not in endings:
                raise AssetError(
                    f"{shown(file, sources)} is not used by the build.", hint=_hint(file, endings)
                )


def _refuse_folder(folder: Path) -> None:
    first = next((file for file in _files(folder)), folder)
    name = folder.name if first == folder else shown(first, folder.parent)
    hint = _HINTS.get(first.suffix.lower()) or did_you_mean(
        folder.name, FOLDERS, otherwise=f"Sources are in {', '.join(FOLDERS)}."
    )
    raise AssetError(f"{name} is not used by the build: there is no folder `{folder.name}`.", hint=hint)


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if not file.is_dir() and not _is_ignored(file))


def _is_ignored(entry: Path) -> bool:
    # What systems and editors leave behind is nobody's work.
    return entry.name.startswith(".") or entry.name.endswith("~") or entry.name in {*IGNORED, "Thumbs.db"}


def _hint(file: Path, endings: Collection[str]) -> str:
    if file.suffix.lower() in endings:
        return f"Write its ending in lower case: `{file.stem}{file.suffix.lower()}`."
    return _HINTS.get(file.suffix.lower(), f"Files here end in {', '.join(sorted(filter(None, endings)))}.")
