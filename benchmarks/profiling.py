"""Where a program's time goes, by Python's own profiler: its figures are shares, for it slows what it watches."""

from __future__ import annotations

import pstats
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.measuring import python, run

_MOST = 8
_PROGRAM = "__main__.py"
_METHOD = re.compile(r"<method '(\w+)' of '([\w.]+)' objects>")


class HotSpot(msgspec.Struct, frozen=True, kw_only=True):
    """A function: its own share of the time, from 0 to 1, and how often it was called."""

    function: str
    share: float
    calls: int


def profiled(arguments: Sequence[str], *, folder: Path) -> list[HotSpot]:
    """The hottest functions of `python -m ARGUMENTS`, hottest first; a profile is left in `folder`."""
    result = folder / "profile"
    run(python("-m", "cProfile", "-o", result, "-m", *arguments))
    return hot_spots(result)


def hot_spots(profile: Path) -> list[HotSpot]:
    """The functions of a profile that cProfile wrote, hottest first, the importing of modules as one."""
    # typeshed knows the table of a profile only by its methods that print.
    table: dict[tuple[str, int, str], tuple[int, int, float, float, object]]
    table = vars(pstats.Stats(str(profile)))["stats"]
    own: dict[str, tuple[float, int]] = {}
    for (file, _, function), (_, calls, seconds, _, _) in table.items():
        name = _name(file, function)
        before = own.get(name, (0.0, 0))
        own[name] = (before[0] + seconds, before[1] + calls)
    total = sum(seconds for seconds, _ in own.values())
    hottest = sorted(own.items(), key=lambda each: -each[1][0])[:_MOST]
    return [HotSpot(function=name, share=seconds / total, calls=calls) for name, (seconds, calls) in hottest]


def _name(file: str, function: str) -> str:
    if file == "~":
        # Of what is written in C, the profiler has the name that people read, and no file.
        return _METHOD.sub(r"\2.\1", function).removeprefix("<built-in method ").removesuffix(">")
    path = Path(file)
    return f"{path.stem if path.name != _PROGRAM else path.parent.name}.{function}"
