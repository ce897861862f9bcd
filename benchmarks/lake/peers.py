"""Environments for the formats that Keepwell does not use."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

from benchmarks.peers import install, run_installer

PACKAGES = {"delta": ["deltalake==1.6.6"], "iceberg": ["pyiceberg[sql-sqlite]==0.12.0"]}
_SHARED = ("pyarrow", "duckdb")
_BASE_LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"
# What an installed environment adds to the packages that Keepwell's base lock names, in bytes.
_ADDED_BYTES = """
import importlib.metadata as metadata, re, sys
base = set(sys.argv[1:])
names = {re.sub(r"[-_.]+", "-", each.name).lower(): each for each in metadata.distributions()}
added = [each for name, each in names.items() if name not in base | {"pip", "setuptools"}]
files = [path.locate() for each in added for path in each.files or () if path.suffix != ".pyc"]
print(len(added), sum(path.stat().st_size for path in files if path.is_file()))
"""


def prepare(folder: Path, name: str) -> Path:
    """The Python of the environment of the format `name` in `folder`, created if it is missing.

    It has the pyarrow and DuckDB that Keepwell itself has. Raises Unavailable if pip fails.
    """
    shared = [f"{each}=={importlib.metadata.version(each)}" for each in _SHARED]
    return install(folder / name, [*PACKAGES[name], *shared])


def added_packages(interpreter: Path) -> tuple[int, int]:
    """How many packages an environment has beyond Keepwell's base installation, and their bytes."""
    base = re.findall(r"^([\w.-]+)==", _BASE_LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    output = run_installer([str(interpreter), "-c", _ADDED_BYTES, *base])
    count, size = map(int, output.split())
    return count, size
