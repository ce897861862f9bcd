"""The same kernels compiled by numba, for matches in bulk: not a line of the rules is written twice.

Needs numpy and numba, which the game itself does not. The first match of a process compiles, or takes what an earlier
one has compiled from a cache beside the sources.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba import njit
from numba.core.dispatcher import Dispatcher
from numba.extending import overload

from bulwark.sim import (
    engine,
    firing,
    flow,
    flying,
    happening,
    hitting,
    launching,
    moving,
    randomness,
    resolving,
    spawning,
)
from bulwark.sim.engine import Engine
from bulwark.sim.world import Table

_MODULES: Sequence[ModuleType] = (
    randomness, happening, flow, hitting, launching, spawning, moving, firing, flying, resolving, engine,
)  # fmt: skip


@overload(math.isqrt)
def _isqrt(number: Any) -> Any:  # noqa: ARG001  numba asks by type
    """The square root in whole numbers: the machine's own, corrected where it was rounded up or down."""

    def root(number: Any) -> Any:
        found = int(math.sqrt(number))
        while found * found > number:
            found -= 1
        while (found + 1) * (found + 1) <= number:
            found += 1
        return found

    return root


def arrays(columns: Sequence[Sequence[int]]) -> Table:
    """The tables of the compiled kernels: an array of two dimensions behaves as the list of its columns."""
    table: Any = np.array([list(column) for column in columns], dtype=np.int64)
    return table  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def compiled() -> Engine:
    """The engine whose kernels are compiled; every function of the core's modules once."""
    with _cached_by_the_whole_core():
        kernels = _compile()
    return Engine(
        make=arrays,
        tick=kernels[_function(engine.tick)],
        flood=kernels[_function(flow.flood)],
        begin_wave=kernels[_function(spawning.begin_wave)],
    )


def _compile() -> dict[FunctionType, Dispatcher]:
    kernels: dict[FunctionType, Dispatcher] = {}
    for module in _MODULES:
        names = dict(vars(module))
        for name, found in vars(module).items():
            if isinstance(found, FunctionType) and found.__module__ == module.__name__:
                # A copy that looks names up in a copy of its module, where kernels are the compiled ones.
                copy = FunctionType(found.__code__, names, name, found.__defaults__, found.__closure__)
                copy.__module__ = found.__module__
                kernels[found] = names[name] = njit(cache=True)(copy)
            elif isinstance(found, FunctionType) and found in kernels:
                names[name] = kernels[found]
    return kernels


@contextmanager
def _cached_by_the_whole_core() -> Iterator[None]:
    """Keep what is compiled in a folder named after the content of all of the core's sources.

    numba itself looks at a function's own file only, and would go on with the constants of other modules as they were.
    """
    total = hashlib.sha256()
    for source in sorted(Path(engine.__file__).parent.rglob("*.py")):
        total.update(source.read_bytes())
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(Path(__file__).parent / "__pycache__" / f"compiled-{total.hexdigest()[:16]}")
    try:
        yield
    finally:
        config.CACHE_DIR = before


def _function(kernel: Any) -> FunctionType:
    if not isinstance(kernel, FunctionType):
        sys.exit(f"{kernel!r} is no kernel")
    return kernel
