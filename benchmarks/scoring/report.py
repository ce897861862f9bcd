"""What a score costs, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.report import table, times
from benchmarks.scoring.measure import ScoringFigures
from benchmarks.scoring.servers import BY_NAME, FASTAPI, KEEPWELL, LITSERVE, MLSERVER

GOAL = 5.0
_NAMES = {
    KEEPWELL: "Keepwell, whole rows",
    BY_NAME: "Keepwell, a tensor for each column",
    FASTAPI: "FastAPI, scikit-learn's interface",
    MLSERVER: "MLServer",
    LITSERVE: "LitServe",
}


def summary(figures: ScoringFigures) -> str:
    """A line per server."""
    lines = [
        f"{_NAMES[name]}: {each.cpu:.0f} us per request ({_ratio(figures, name)} of FastAPI's scores per core), "
        f"p99 {figures.light[name].nearly_all:.1f} ms at {figures.rate:,.0f} requests a second"
        for name, each in figures.full.items()
    ]
    return "\n".join(
        [*lines, *(f"{_NAMES[name]}: {why}" for name, why in figures.missing.items()), _goals(figures)]
    )


def markdown(figures: ScoringFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. One row of {figures.columns} columns a request, a new one each time, over 16 connections; medians of "
        f"{figures.repeats} interleaved runs of {figures.requests:,} requests. Each server on one core, the client on the other. All "
        f"give the same probabilities. Light load is {figures.rate:,.0f} requests a second, a fifth of what FastAPI answers at most; "
        f"an answer's time counts from when its request was due. The others: {figures.versions}."
    )
    rows = [
        [
            _NAMES[name],
            f"{each.cpu:.0f}",
            _ratio(figures, name),
            f"{1e6 / each.cpu:,.0f}",
            f"{each.per_second:,.0f}",
            f"{figures.light[name].half:.2f}",
            f"{figures.light[name].nearly_all:.2f}",
        ]
        for name, each in figures.full.items()
    ]
    head = [
        "Server", "Processor, us a request", "Scores per core, relative to FastAPI", "Scores a second and core",
        "Answered a second", "Half answered at light load, ms", "99 % answered, ms",
    ]  # fmt: skip
    missing = "".join(f"\n\n{_NAMES[name]} is missing: {why}" for name, why in figures.missing.items())
    return f"{setting}\n\n{table(head, rows)}{missing}\n\n{_goals(figures)}"


def _ratio(figures: ScoringFigures, name: str) -> str:
    return times(figures.full[FASTAPI].cpu / figures.full[name].cpu)


def _goals(figures: ScoringFigures) -> str:
    ratio = figures.full[FASTAPI].cpu / figures.full[KEEPWELL].cpu
    ours, theirs = figures.light[KEEPWELL].nearly_all, figures.light[FASTAPI].nearly_all
    return (
        f"Goals: at least {GOAL:.0f} times FastAPI's scores per core ({ratio:.1f}, {_met(is_met=ratio >= GOAL)}), and 99 % of answers at "
        f"light load no later than its ({ours:.2f} ms and {theirs:.2f} ms, {_met(is_met=ours <= theirs)})."
    )


def _met(*, is_met: bool) -> str:
    return "met" if is_met else "not met"
