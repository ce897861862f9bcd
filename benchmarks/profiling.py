"""Where a program spends its time, by Python's profiler: only the shares are meaningful, since profiling slows it."""

from __future__ import annotations

import pstats
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.measuring import python, run

_MAX_SPOTS = 8
_PROGRAM = "__main__.py"
_METHOD = re.compile(r"<method '(\w+)' of '([\w.]+)' objects>")


class HotSpot(msgspec.Struct, frozen=True, kw_only=True):
    """A function: its own share of the time, from 0 to 1, and its number of calls."""

    function: str
    share: float
    calls: int


def profiled(arguments: Sequence[str], *, folder: Path) -> list[HotSpot]:
    """The hottest functions of `python -m ARGUMENTS`, hottest first; the profile is left in `folder`."""
    result = folder / "profile"
    run(python("-m", "cProfile", "-o", result, "-m", *arguments))
    return hot_spots(result)


def hot_spots(profile: Path) -> list[HotSpot]:
    """The functions of a cProfile profile, hottest first, with module imports merged into one."""
    # typeshed exposes a profile's table only through its printing methods.
    table: dict[tuple[str, int, str], tuple[int, int, float, float, object]]
    table = vars(pstats.Stats(str(profile)))["stats"]
    own: dict[str, tuple[float, int]] = {}
    for (file, _, function), (_, calls, seconds, _, _) in table.items():
        name = _name(file, function)
        before = own.get(name, (0.0, 0))
        own[name] = (before[0] + seconds, before[1] + calls)
    total = sum(seconds for seconds, _ in own.values())
    hottest = sorted(own.items(), key=lambda each: -each[1][0])[:_MAX_SPOTS]
    return [HotSpot(function=name, share=seconds / total, calls=calls) for name, (seconds, calls) in hottest]


def _name(file: str, function: str) -> str:
    if file == "~":
        # For C functions the profiler has a readable name, and no file.
        return _METHOD.sub(r"\2.\1", function).removeprefix("<built-in method ").removesuffix(">")
    path = Path(file)
    return f"{path.stem if path.name != _PROGRAM else path.parent.name}.{function}"
