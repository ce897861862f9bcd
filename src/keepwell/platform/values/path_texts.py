"""Paths as texts that can be stored and sent: a file name is bytes, and need not be UTF-8."""

from __future__ import annotations

import os
from pathlib import Path


def as_text(path: Path | str) -> str:
    """`path` as text; bytes that are not UTF-8 are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
