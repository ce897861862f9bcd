"""Businesses kept in a folder: the truth does not depend on the product, so that a second run need not simulate it again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

import benchmarks.churn
import bulwark.bots.population
import keepwell.sample
from benchmarks.churn.businesses import simulate
from benchmarks.churn.model import Business, Records

_SOURCES = (keepwell.sample, bulwark.bots.population)
_OWN = ("businesses.py", "model.py", "observable.py")


def simulated(
    seed: int, *, accounts: int, forks: int, folder: Path | None, lived: Callable[[], None]
) -> Business:
    """The business from `folder`, if the same code kept it there; otherwise simulated, and kept if there is a folder.

    `lived` is called once per account in either case.
    """
    if folder is None:
        return simulate(seed, accounts=accounts, forks=forks, lived=lived)
    place = folder / f"{seed}-{accounts}-{forks}-{_version()}"
    if (place / "records.msgpack").exists():
        records = msgspec.msgpack.decode((place / "records.msgpack").read_bytes(), type=Records)
        for _ in range(accounts):
            lived()
        return Business(records=records, events=pq.read_table(place / "events.parquet"))
    business = simulate(seed, accounts=accounts, forks=forks, lived=lived)
    place.mkdir(parents=True, exist_ok=True)
    pq.write_table(business.events, place / "events.parquet")
    # Last, so that an interrupted run is repeated.
    (place / "records.msgpack").write_bytes(msgspec.msgpack.encode(business.records))
    return business


def _version() -> str:
    """A hash of the code that decides what a business is."""
    own = Path(benchmarks.churn.__path__[0])
    files = [*(own / name for name in _OWN)]
    for package in _SOURCES:
        files += sorted(
            path for path in Path(package.__path__[0]).rglob("*") if path.suffix in {".py", ".json"}
        )
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
