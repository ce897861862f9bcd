"""The compiled engine, for matches in bulk; importing this does not need the compiler, numba."""

from __future__ import annotations

from bulwark.sim.engine import Engine


def compiled() -> Engine:
    """The engine with kernels compiled by numba, which gives the same matches; raises ImportError without numba.

    The first call of a process compiles the kernels, or loads them from a cache beside the sources.
    """
    from bulwark.numba_engine import numba_engine  # noqa: PLC0415  neither the game nor its tests install numba

    return numba_engine()
