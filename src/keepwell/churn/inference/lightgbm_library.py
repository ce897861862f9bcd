"""LightGBM's own library through its C interface: no Python package of it is imported, which takes seconds and 100 MB.

https://lightgbm.readthedocs.io/en/stable/C-API.html
"""

from __future__ import annotations

import ctypes
import threading
import weakref
from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_int64, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.inference.model import BYTES_OF_A_NUMBER

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

_DOUBLES, _RAW_SCORES, _ALL_TREES, _BY_ROW = 1, 1, -1, 1
_ONE_THREAD = b"num_threads=1 verbosity=-1"
# From so many rows on, one call for all of them is cheaper than one for each.
_FEW_ROWS = 200


class LibraryFailed(RuntimeError):
    """LightGBM refused what it was asked."""


@cache
def library() -> ctypes.CDLL | None:
    """LightGBM's library, limited to one thread; None if it is not installed, or this machine cannot load it."""
    found = find_spec("lightgbm")
    if found is None or not found.submodule_search_locations:
        return None
    names = ("lib/lib_lightgbm.so", "lib/lib_lightgbm.dylib", "bin/lib_lightgbm.dll")
    files = [Path(folder, name) for folder in found.submodule_search_locations for name in names]
    for file in filter(Path.exists, files):
        try:
            loaded = ctypes.CDLL(str(file))
            # A call of microseconds keeps Python's lock: to take it back from another thread could take milliseconds.
            loaded.single_row = ctypes.PyDLL(str(file)).LGBM_BoosterPredictForMatSingleRowFast  # type: ignore[attr-defined]  # a name of our own
        except OSError:
            # Without libgomp.so.1 it cannot be loaded.
            return None
        _declare(loaded)
        loaded.LGBM_SetMaxThreads(1)
        return loaded
    return None


class Booster:
    """Boosted trees in LightGBM's memory; any number of threads may ask it. Raises LibraryFailed."""

    def __init__(self, text: bytes, *, width: int) -> None:
        found = library()
        if found is None:
            raise LibraryFailed("LightGBM is not installed.")
        self._library = found
        self._width = width
        handle, trees = c_void_p(), c_int()
        _check(found, found.LGBM_BoosterLoadModelFromString(text, byref(trees), byref(handle)))
        self._handle = handle
        weakref.finalize(self, found.LGBM_BoosterFree, handle)
        # A handle has room for one row only, so each thread has its own.
        self._own = threading.local()

    def log_odds(self, prepared: Matrix) -> Vector:
        """The sum of the leaves of each row of prepared numbers, bit for bit what LightGBM's own `predict` gives."""
        if len(prepared) > _FEW_ROWS:
            return self._ask_at_once(np.ascontiguousarray(prepared))
        own: _FastRows | None = getattr(self._own, "rows", None)
        if own is None:
            own = self._own.rows = _FastRows(self._library, self._new_fast(), width=self._width)
        return own.log_odds(prepared)

    def _ask_at_once(self, rows: Matrix) -> Vector:
        answers: Vector = np.empty(len(rows))
        _check(
            self._library,
            self._library.LGBM_BoosterPredictForMat(
                self._handle,
                rows.ctypes.data,
                _DOUBLES,
                *rows.shape,
                _BY_ROW,
                _RAW_SCORES,
                0,
                _ALL_TREES,
                _ONE_THREAD,
                byref(c_int64()),
                answers.ctypes.data,
            ),
        )
        return answers

    def _new_fast(self) -> c_void_p:
        handle = c_void_p()
        _check(
            self._library,
            self._library.LGBM_BoosterPredictForMatSingleRowFastInit(
                self._handle,
                _RAW_SCORES,
                0,
                _ALL_TREES,
                _DOUBLES,
                self._width,
                _ONE_THREAD,
                byref(handle),
            ),
        )
        return handle


class _FastRows:
    """A few rows of one thread, in LightGBM's way for a single one: a handle, and room for numbers at fixed addresses."""

    def __init__(self, found: ctypes.CDLL, handle: c_void_p, *, width: int) -> None:
        weakref.finalize(self, found.LGBM_FastConfigFree, handle)
        self._library = found
        self._handle = handle
        self._rows: Matrix = np.empty((_FEW_ROWS, width))
        self._answers: Vector = np.empty(_FEW_ROWS)
        self._count = c_int64()
        self._length = byref(self._count)
        step = self._rows.strides[0]
        from_, to = self._rows.ctypes.data, self._answers.ctypes.data
        self._places = [(from_ + step * row, to + BYTES_OF_A_NUMBER * row) for row in range(_FEW_ROWS)]

    def log_odds(self, prepared: Matrix) -> Vector:
        count = len(prepared)
        self._rows[:count] = prepared
        ask, handle, length = self._library.single_row, self._handle, self._length
        for row, answer in self._places[:count]:
            if ask(handle, row, length, answer):
                _check(self._library, 1)
        return self._answers[:count].copy()


def _check(found: ctypes.CDLL, code: int) -> None:
    if code:
        raise LibraryFailed(found.LGBM_GetLastError().decode("utf-8", "replace"))


def _declare(loaded: ctypes.CDLL) -> None:
    """The parameters of each function, so that a pointer is never cut to an int."""
    numbers = POINTER(c_int64)
    for name, kinds in {
        "LGBM_SetMaxThreads": [c_int],
        "LGBM_BoosterFree": [c_void_p],
        "LGBM_FastConfigFree": [c_void_p],
        "LGBM_BoosterLoadModelFromString": [c_char_p, POINTER(c_int), POINTER(c_void_p)],
        "LGBM_BoosterPredictForMatSingleRowFastInit": [
            c_void_p, c_int, c_int, c_int, c_int, c_int32, c_char_p, POINTER(c_void_p),
        ],
        "single_row": [c_void_p, c_void_p, numbers, c_void_p],
        "LGBM_BoosterPredictForMat": [
            c_void_p, c_void_p, c_int, c_int32, c_int32, c_int, c_int, c_int, c_int, c_char_p, numbers, c_void_p,
        ],
    }.items():  # fmt: skip
        function = getattr(loaded, name)
        function.argtypes, function.restype = kinds, c_int
    loaded.LGBM_GetLastError.argtypes, loaded.LGBM_GetLastError.restype = [], c_char_p
