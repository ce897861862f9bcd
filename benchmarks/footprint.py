"""What each environment of Keepwell takes on disk: the packages of each lock file, installed into a folder of its own."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from benchmarks.measuring import machine
from benchmarks.peers import run_installer, site_packages
from benchmarks.report import megabytes, table
from keepwell.platform.progress import Progress

_ROOT = Path(__file__).resolve().parents[1]
LOCKS: Mapping[str, str] = {
    "server": "requirements.lock",
    "with learning, as `demo` installs it": "requirements-churn.lock",
    "with the game": "requirements-game.lock",
    "with the crawl": "requirements-crawl.lock",
    "development": "requirements-dev.lock",
    "development with Spark": "requirements-spark.lock",
}
_LARGEST = 5


class Footprint(msgspec.Struct, frozen=True, kw_only=True):
    """The packages of one lock: how many, their bytes, and the largest of them."""

    packages: int
    bytes: int
    largest: Mapping[str, int]


class FootprintFigures(msgspec.Struct, frozen=True, kw_only=True):
    """By environment."""

    machine: str
    by: Mapping[str, Footprint]


def measure_footprint(folder: Path, *, progress: Progress) -> FootprintFigures:
    """Install each lock into `folder`; raises Unavailable if pip fails."""
    with progress.step("Installing the locks", total=len(LOCKS)) as step:
        found = {}
        for number, (name, lock) in enumerate(LOCKS.items()):
            found[name] = _installed(folder / str(number), _ROOT / lock)
            step.advance()
    return FootprintFigures(machine=machine(), by=found)


def _installed(environment: Path, lock: Path) -> Footprint:
    run_installer([sys.executable, "-m", "venv", str(environment)])
    interpreter = str(environment / "bin" / "python")
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile", "--require-hashes")
    run_installer([interpreter, "-m", "pip", "install", *options, "-r", str(lock)])
    packages = site_packages(environment)
    sizes = {each.name: _size(each) for each in packages.iterdir() if each.name not in ("pip", "setuptools")}
    largest = sorted(sizes.items(), key=lambda each: each[1], reverse=True)[:_LARGEST]
    count = len(re.findall(r"^[\w.-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    return Footprint(packages=count, bytes=sum(sizes.values()), largest=dict(largest))


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(each.lstat().st_size for each in files if each.is_file() and each.suffix != ".pyc")


def summary(figures: FootprintFigures) -> str:
    """A line per environment."""
    return "\n".join(
        f"{name}: {megabytes(each.bytes)} in {each.packages} packages" for name, each in figures.by.items()
    )


def markdown(figures: FootprintFigures) -> str:
    """The report's section."""
    rows = [
        [name, str(each.packages), megabytes(each.bytes), _named(each.largest)]
        for name, each in figures.by.items()
    ]
    headers = ["Environment", "Packages", "On disk", "The largest"]
    return f"{figures.machine}. Without bytecode.\n\n{table(headers, rows)}"


def _named(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {megabytes(size)}" for name, size in sizes.items())
