"""The frames that the game draws, with their sizes in pixels: each must be there, and no other is.

What towers and creeps need follows from the rules, so that a new one is asked for by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bulwark.assets.sheets import Frame, Sheet
from bulwark.assets.sources import did_you_mean
from bulwark.errors import AssetError
from bulwark.sim import rules
from bulwark.sim.layout.tower_rule import BALLISTIC, HOMING, VARIANTS

_ICONS = (
    "gold lives wave pause play speed-1 speed-2 speed-4 sell upgrade target-first target-last target-strong "
    "target-close sound sound-off music music-off settings close back restart auto save load help keyboard gamepad "
    "star star-empty trophy lock skip menu flag"
)
_TOWER, _SHELL, _CREEP, _BOSS = 128, 48, 96, 160
_BOSSES = {"boss"}

# By sheet: the frames' size, and their names.
_OTHER: Sequence[tuple[str, int, str]] = (
    ("effect", 128, "explosion-0 explosion-1 explosion-2 explosion-3 explosion-4 explosion-5"),
    ("effect", 128, "frost-0 frost-1 frost-2 frost-3 hit-0 hit-1 hit-2 puff-0 puff-1 puff-2"),
    ("effect", 64, "shadow coin heart heal skull chill spark"),
    ("mark", 128, "spawn goal"),
    ("mark", 96, "allowed refused selected step"),
    ("terrain", 96, "open paved rock water"),
    ("icon", 64, _ICONS),
    ("emblem", 256, "bulwark"),
)


class Required(NamedTuple):
    """A frame of a sheet: whose it is, and its width and height."""

    sheet: str
    frame: str
    owner: str
    size: int


def required() -> Mapping[str, Required]:
    """The frames by their names in the atlas."""
    frames = [*_towers(), *_creeps(), *_others()]
    return MappingProxyType({f"{frame.sheet}/{frame.frame}": frame for frame in frames})


def shoots_shells(kind: int) -> bool:
    """Whether a kind of tower shoots something that flies, and so needs the frame `shell`."""
    return any(rules.tower_rule(kind, variant).flight in {HOMING, BALLISTIC} for variant in range(VARIANTS))


def check_frames(sheets: Sequence[Sheet]) -> None:
    """Raise AssetError naming the tower or creep, the frame and the file of what is missing, surplus or of another size."""
    expected = required()
    found = {frame.name: frame for sheet in sheets for frame in sheet.frames}
    missing = [frame for name, frame in expected.items() if name not in found]
    surplus = [name for name in found if name not in expected]
    if missing:
        _refuse_missing(missing, surplus, {sheet.name for sheet in sheets})
    if surplus:
        _refuse_surplus(surplus[0], expected)
    for name, frame in found.items():
        _check_size(frame, expected[name])


def _towers() -> Iterator[Required]:
    for kind, name in enumerate(rules.TOWERS):
        frames = [f"{part}-{variant}" for part in ("base", "turret") for variant in range(VARIANTS)]
        for frame in (*frames, "icon"):
            yield Required(f"tower/{name}", frame, f"The tower {name}", _TOWER)
        if shoots_shells(kind):
            yield Required(f"tower/{name}", "shell", f"The tower {name}", _SHELL)


def _creeps() -> Iterator[Required]:
    for name in rules.CREEPS:
        for step in (0, 1):
            size = _BOSS if name in _BOSSES else _CREEP
            yield Required(f"creep/{name}", f"walk-{step}", f"The creep {name}", size)


def _others() -> Iterator[Required]:
    for sheet, size, names in _OTHER:
        yield from (Required(sheet, frame, "The game", size) for frame in names.split())


def _refuse_missing(missing: Sequence[Required], surplus: Sequence[str], sheets: set[str]) -> None:
    first = missing[0]
    file = f"sprites/{first.sheet}.svg"
    same = [each.frame for each in missing if each.sheet == first.sheet]
    if first.sheet not in sheets:
        unused = {name.rpartition("/")[0] for name in surplus}
        frames = f"Its frames are {', '.join(same)}."
        hint = did_you_mean(first.sheet, unused, otherwise=frames)
        raise AssetError(f"{first.owner} has no sheet {file}.", hint=hint)
    there = {name.rpartition("/")[2] for name in surplus if name.startswith(f"{first.sheet}/")}
    others = (
        f"Also missing: {', '.join(same[1:])}."
        if same[1:]
        else "Each frame is a nested <svg> with its name as id."
    )
    hint = did_you_mean(first.frame, there, otherwise=others)
    raise AssetError(f"{first.owner} has no frame `{first.frame}` in {file}.", hint=hint)


def _refuse_surplus(name: str, expected: Mapping[str, Required]) -> None:
    sheet, _, frame = name.rpartition("/")
    known = {each.sheet for each in expected.values()}
    if sheet not in known:
        message, hint = (
            f"sprites/{sheet}.svg belongs to nothing in the game.",
            did_you_mean(
                sheet, known, otherwise="A tower or creep must be in sim/rules.py before its sprite."
            ),
        )
    else:
        frames = {each.frame for each in expected.values() if each.sheet == sheet}
        message = f"sprites/{sheet}.svg: nothing draws the frame `{frame}`."
        hint = did_you_mean(frame, frames, otherwise="Remove it, or add it to src/bulwark/assets/frames.py.")
    raise AssetError(message, hint=hint)


def _check_size(frame: Frame, expected: Required) -> None:
    if (frame.width, frame.height) != (expected.size, expected.size):
        raise AssetError(
            f"sprites/{expected.sheet}.svg: the frame `{expected.frame}` is {frame.width} x {frame.height} pixels, "
            f"not {expected.size} x {expected.size}.",
            hint="Change its width and height; its viewBox may be larger or smaller.",
        )
