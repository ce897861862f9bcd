"""What a whole training costs at 100,000 accounts: events counted, models fitted and judged, and everybody scored."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benchmarks.features_load import write_events
from benchmarks.measuring import Cost, machine, python, run
from keepwell.platform.progress import Progress, counted

# The processor seconds for the same events and subscriptions on the same machine (AMD EPYC) before features and models were rewritten.
EARLIER_SECONDS, EARLIER_ACCOUNTS = 84.4, 100_000
_EVENTS_OF_ACCOUNT = 30


class _Result(msgspec.Struct, frozen=True):
    predicted: int
    left: int
    auc: float
    listed: int


class LearningFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of the whole process; `predicted` snapshots were predicted from earlier ones, and `listed` accounts were scored."""

    machine: str
    accounts: int
    events: int
    predicted: int
    left: int
    auc: float
    listed: int
    repeats: int
    cost: Cost


def measure_learning(folder: Path, *, accounts: int, repeats: int, progress: Progress) -> LearningFigures:
    """Measure trainings on thirty events of each account on average."""
    events = write_events(folder, events=_EVENTS_OF_ACCOUNT * accounts, accounts=accounts, progress=progress)
    command = python("-m", "benchmarks.learning_run", folder, str(accounts))
    with progress.step("Learning", total=repeats) as step:
        runs = [run(command) for _ in counted(range(repeats), step, every=1)]
    result = msgspec.json.decode(runs[0].output, type=_Result)
    return LearningFigures(
        machine=machine(),
        accounts=accounts,
        events=events,
        predicted=result.predicted,
        left=result.left,
        auc=result.auc,
        listed=result.listed,
        repeats=repeats,
        cost=Cost.of(runs),
    )


def summary(figures: LearningFigures) -> str:
    """One line for a terminal."""
    cost = figures.cost
    return (
        f"{figures.accounts:,} accounts: {cost.cpu_seconds:.1f} s of processor time, "
        f"{cost.seconds:.1f} s, peak {cost.peak_bytes / 1_000_000:.0f} MB{_compared(figures)}"
    )


def markdown(figures: LearningFigures) -> str:
    """The report's section."""
    cost = figures.cost
    return (
        f"{figures.machine}. {figures.accounts:,} accounts with {figures.events:,} events of a year: {figures.predicted:,} snapshots "
        f"were predicted from earlier ones, {figures.left:,} of which left (AUC {figures.auc:.2f}), and {figures.listed:,} accounts "
        f"were scored. The whole process took **{cost.cpu_seconds:.1f} s** of processor time and at most **{cost.peak_bytes / 1_000_000:.0f} MB** ({cost.seconds:.1f} s on the clock; "
        f"medians of {figures.repeats} {'run' if figures.repeats == 1 else 'runs'}){_compared(figures)}."
    )


def _compared(figures: LearningFigures) -> str:
    if figures.accounts != EARLIER_ACCOUNTS:
        return ""
    return (
        f". The release before it took {EARLIER_SECONDS} s on the same data, {EARLIER_SECONDS / figures.cost.cpu_seconds:.1f} times "
        "as much"
    )
