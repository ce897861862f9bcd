"""Click types for command line options with a unit: 10MB, 250ms."""

from __future__ import annotations

import re

import click

_QUANTITY = re.compile(r"(\d+(?:\.\d+)?) ?([A-Za-z]*)")
_BYTES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Size(click.ParamType[int]):
    """A number of bytes: 500KB, 10MB (powers of ten) or 10MiB (of two)."""

    name = "SIZE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes, at least one; fails with the option's name for anything else."""
        if isinstance(value, int):
            return value
        found = _QUANTITY.fullmatch(str(value))
        size = int(float(found[1]) * _BYTES.get(found[2].lower(), 0)) if found else 0
        return size or self.fail(f"{value!r} is not a size such as 10MB.", param, ctx)


class Duration(click.ParamType[float]):
    """A duration: 250ms, 1.5s, 2m."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds, more than zero; fails with the option's name for anything else."""
        if isinstance(value, float):
            return value
        found = _QUANTITY.fullmatch(str(value))
        seconds = float(found[1]) * _SECONDS.get(found[2], 0) if found else 0.0
        return seconds or self.fail(f"{value!r} is not a duration such as 250ms.", param, ctx)
