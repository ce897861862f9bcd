"""The same kernels compiled by numba, for matches in bulk: no rule is written twice.

Needs numpy and numba, which the game itself does not. The first match of a process compiles the kernels, or loads them
from a cache beside the sources.
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

from bulwark.sim import engine, flow_field, randomness
from bulwark.sim.engine import Engine
from bulwark.sim.phases import damage, events, firing, flying, launching, moving, resolving, spawning
from bulwark.sim.world import Table

# In the order of their imports: a kernel is compiled after those it calls.
_MODULES: Sequence[ModuleType] = (
    randomness, events, flow_field, damage, launching, spawning, moving, firing, flying, resolving, engine,
)  # fmt: skip


@overload(math.isqrt)
def _isqrt(number: Any) -> Any:  # noqa: ARG001  numba passes the type only
    """The integer square root: the machine's float root, corrected where it was rounded up or down."""

    def root(number: Any) -> Any:
        result = int(math.sqrt(number))
        while result * result > number:
            result -= 1
        while (result + 1) * (result + 1) <= number:
            result += 1
        return result

    return root


def arrays(columns: Sequence[Sequence[int]]) -> Table:
    """Tables for the compiled kernels: a two-dimensional array behaves like a list of columns."""
    table: Any = np.array([list(column) for column in columns], dtype=np.int64)
    return table


@lru_cache(maxsize=1)
def numba_engine() -> Engine:
    """The engine with compiled kernels; each function of the core's modules is compiled once."""
    with _cache_keyed_by_core():
        kernels = _compile()
    return Engine(
        make=arrays,
        tick=kernels[_function(engine.tick)],
        flood=kernels[_function(flow_field.flood)],
        begin_wave=kernels[_function(spawning.begin_wave)],
    )


def _compile() -> dict[FunctionType, Dispatcher]:
    kernels: dict[FunctionType, Dispatcher] = {}
    for module in _MODULES:
        names = dict(vars(module))
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                # A copy of the function whose globals refer to the compiled kernels.
                copy = FunctionType(value.__code__, names, name, value.__defaults__, value.__closure__)
                copy.__module__ = value.__module__
                kernels[value] = names[name] = njit(cache=True)(copy)
            elif isinstance(value, FunctionType) and value in kernels:
                names[name] = kernels[value]
    return kernels


@contextmanager
def _cache_keyed_by_core() -> Iterator[None]:
    """Cache compiled code in a folder named after the content of all of the core's sources.

    numba itself only checks a function's own file, and would miss changed constants in other modules.
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
        sys.exit(f"{kernel!r} is not a kernel")
    return kernel
