"""Generated events of use in Parquet, one file a day: sessions of several events, of kinds from frequent to rare."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from keepwell.platform.progress import Progress, counted

FIRST_DAY = date(2024, 1, 1)
DAYS = 365
_SEED = 7
_EVENTS_A_SESSION = 6
_SECONDS_A_DAY, _SESSION_SECONDS = 86_400, 1_800
KINDS = (
    "opened", "searched", "edited", "saved", "shared", "exported", "invited", "commented", "printed", "imported",
    "payment_failed", "ticket_opened",
)  # fmt: skip


def account(number: int) -> str:
    """The external id of an account."""
    return f"account-{number:07}"


def busyness(accounts: int) -> np.ndarray:
    """How much each account does of what `write_events` writes, 0.7 on average: a few do most of it."""
    return _busyness(np.random.default_rng(_SEED), accounts)


def write_events(folder: Path, *, events: int, accounts: int, progress: Progress) -> int:
    """Write about this many events of a year into `folder`; returns how many they are. The same numbers give the same files."""
    random = np.random.default_rng(_SEED)
    names = pa.array([account(number) for number in range(accounts)])
    weights = _busyness(random, accounts)
    odds = 0.6 ** np.arange(len(KINDS))
    written = 0
    with progress.step("Writing events", total=DAYS) as step:
        for day in counted(range(DAYS), step, every=1):
            sessions = random.poisson(events / DAYS / _EVENTS_A_SESSION * weights / weights.mean() / accounts)
            by_session = np.repeat(np.arange(accounts), sessions)
            lengths = random.geometric(1 / _EVENTS_A_SESSION, len(by_session))
            begins = random.integers(0, _SECONDS_A_DAY - _SESSION_SECONDS, len(by_session))
            size = int(lengths.sum())
            seconds = np.repeat(begins, lengths) + random.integers(0, _SESSION_SECONDS, size)
            kinds = random.choice(len(KINDS), size, p=odds / odds.sum()).astype(np.int32)
            _write(
                folder / f"{day:03}.parquet",
                accounts=pa.DictionaryArray.from_arrays(
                    np.repeat(by_session, lengths).astype(np.int32), names
                ),
                instants=_instants(FIRST_DAY + timedelta(days=day), seconds),
                events=pa.DictionaryArray.from_arrays(kinds, pa.array(KINDS)),
            )
            written += size
    return written


def _busyness(random: np.random.Generator, accounts: int) -> np.ndarray:
    return random.gamma(0.7, 1.0, accounts)


def _instants(day: date, seconds: np.ndarray) -> pa.Array:
    micros = np.datetime64(day, "us").astype(np.int64) + seconds * 1_000_000
    return pa.array(micros, pa.timestamp("us", tz="UTC"))


def _write(path: Path, *, accounts: pa.Array, instants: pa.Array, events: pa.Array) -> None:
    columns = {"account": accounts.cast(pa.string()), "ts": instants, "event": events.cast(pa.string())}
    # Known at once, as in an imported history.
    table = pa.table(columns | {"known_at": instants})
    # As the lake compresses them, in its order.
    parquet.write_table(
        table.sort_by([("account", "ascending"), ("ts", "ascending")]), path, compression="zstd"
    )
