"""What due work costs, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.report import table
from benchmarks.server.work import GOAL, IN_DATABASE, LEASED, WorkFigures

_NAMES = {
    IN_DATABASE: "effect in the database, in the transaction of its row",
    LEASED: "leased, and settled on its own",
}


def summary(figures: WorkFigures) -> str:
    """A line for each kind of job, and one for a worker that has nothing to do."""
    lines = [f"{_NAMES[each.kind]}: {each.jobs_per_second:,.0f} jobs per second" for each in figures.rates]
    idle = (
        f"idle: worker {figures.idle_worker:.1f} ms, Postgres {figures.idle_postgres:.1f} ms in each second"
    )
    return "\n".join([*lines, idle])


def markdown(figures: WorkFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. One worker, {figures.jobs:,} jobs of each kind, each of which writes a row; medians of "
        f"{figures.repeats} runs, and each effect was there exactly once. Postgres syncs every commit to the disk, and runs on "
        f"the same cores. The goal is {GOAL:,} jobs per second with an effect each. Milliseconds of processor time per job:"
    )
    rows = [
        [_NAMES[each.kind], f"{each.jobs_per_second:,.0f}", f"{each.worker:.2f}", f"{each.postgres:.2f}"]
        for each in figures.rates
    ]
    idle = (
        f"A worker that has nothing to do takes {figures.idle_worker:.1f} ms of processor time in each second, and its "
        f"Postgres {figures.idle_postgres:.1f} ms."
    )
    return f"{setting}\n\n{table(['Jobs', 'Jobs per second', 'Worker', 'Postgres'], rows)}\n\n{idle}"
