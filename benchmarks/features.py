"""What the features of churn cost: events counted once, and looked up for every snapshot."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benchmarks.features_load import write_events
from benchmarks.measuring import Cost, machine, python, run
from keepwell.platform.progress import Progress, counted

# Of each account.
_SNAPSHOTS = 10


class _Result(msgspec.Struct, frozen=True):
    snapshots: int
    inputs: int
    counts: int
    known: int


class FeatureFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of the whole process, and of its start alone; `counts` are the rows per account, day and event."""

    machine: str
    events: int
    accounts: int
    snapshots: int
    inputs: int
    counts: int
    repeats: int
    cost: Cost
    start: Cost


def measure_features(
    folder: Path, *, events: int, snapshots: int, repeats: int, progress: Progress
) -> FeatureFigures:
    """Measure this many events and snapshots, ten of each account."""
    accounts = max(1, snapshots // _SNAPSHOTS)
    lake = folder / "events"
    lake.mkdir()
    written = write_events(lake, events=events, accounts=accounts, progress=progress)
    command = python("-m", "benchmarks.features_run", lake, str(accounts), str(_SNAPSHOTS))
    nothing = python("-m", "benchmarks.features_run", folder / "nothing", "1", "1")
    with progress.step("Calculating features", total=repeats) as step:
        both = [(run(command), run(nothing)) for _ in counted(range(repeats), step, every=1)]
    result = msgspec.json.decode(both[0][0].output, type=_Result)
    return FeatureFigures(
        machine=machine(),
        events=written,
        accounts=accounts,
        snapshots=result.snapshots,
        inputs=result.inputs,
        counts=result.counts,
        repeats=repeats,
        cost=Cost.of([whole for whole, _ in both]),
        start=Cost.of([start for _, start in both]),
    )


def summary(figures: FeatureFigures) -> str:
    """One line for a terminal."""
    cost = figures.cost
    return (
        f"{figures.events:,} events, {figures.snapshots:,} snapshots, {figures.inputs} inputs: "
        f"{cost.cpu_seconds:.1f} s of processor time ({figures.start.cpu_seconds:.1f} s of them starting), "
        f"{cost.seconds:.1f} s, peak {cost.peak_bytes / 1_000_000:.0f} MB"
    )


def markdown(figures: FeatureFigures) -> str:
    """The report's section."""
    cost = figures.cost
    return (
        f"{figures.machine}. {figures.events:,} events of a year, in one file a day, of {figures.accounts:,} accounts: "
        f"{figures.counts:,} rows per account, day and event. {figures.inputs} inputs of {figures.snapshots:,} snapshots "
        f"took **{cost.cpu_seconds:.1f} s** of processor time, {figures.start.cpu_seconds:.1f} s of them for starting Python, "
        f"and at most **{cost.peak_bytes / 1_000_000:.0f} MB** ({cost.seconds:.1f} s on the clock; medians of "
        f"{figures.repeats} {'run' if figures.repeats == 1 else 'runs'})."
    )
