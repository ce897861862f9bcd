"""Environments for the formats that Keepwell does not use, so that its own locks do not grow."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from keepwell.platform.errors import Unavailable

PACKAGES = {"delta": ["deltalake==1.6.6"], "iceberg": ["pyiceberg[sql-sqlite]==0.12.0"]}
_SHARED = ("pyarrow", "duckdb")
_BASE_LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
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
    environment = folder / name
    interpreter = environment / "bin" / "python"
    stamp = environment / "packages.txt"
    shared = [f"{each}=={importlib.metadata.version(each)}" for each in _SHARED]
    packages = [*PACKAGES[name], *shared]
    if stamp.exists() and stamp.read_text(encoding="utf-8").split() == packages:
        return interpreter
    _run([sys.executable, "-m", "venv", "--clear", str(environment)])
    _run([str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
    stamp.write_text("\n".join(packages), encoding="utf-8")
    return interpreter


def added_packages(interpreter: Path) -> tuple[int, int]:
    """How many packages an environment has beyond Keepwell's base installation, and their bytes."""
    base = re.findall(r"^([\w.-]+)==", _BASE_LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    output = _run([str(interpreter), "-c", _ADDED_BYTES, *base])
    count, size = map(int, output.split())
    return count, size


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(
            f"{' '.join(command[1:4])} failed: {done.stderr[-600:].strip()}",
            hint="The comparison needs a package index that pip can reach.",
        )
    return done.stdout
