"""The figures of intake, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.intake.measure import GOAL_ROWS, Contest, IntakeFigures
from benchmarks.report import megabytes, seconds, table, times

_SCHEMAS = {
    "compiled": "Sensor schema (has a compiled type)",
    "arbitrary": "The same with `uniqueItems` and `dependentRequired` (jsonschema-rs only)",
}


def summary(figures: IntakeFigures) -> str:
    """A line per contest."""
    return "\n".join(
        f"{each.schema}: {times(each.ratio)} the textbook loop, peak {megabytes(each.intake.peak_bytes)}; {_verdict(each)}"
        for each in figures.contests
    )


def markdown(figures: IntakeFigures) -> str:
    """The report's section."""
    return "\n\n".join(
        [
            _setting(figures),
            _ratios(figures),
            _rates(figures),
            "Where intake spends its time (Python's profiler; shares of the functions' own time):",
            *(_profile(each) for each in figures.contests),
        ]
    )


def _setting(figures: IntakeFigures) -> str:
    share = figures.rows / figures.textbook_rows
    scaled = (
        f"The textbook loop ran on the first {figures.textbook_rows:,} rows; its time after the start is "
        f"multiplied by {share:g}. "
        if share > 1
        else ""
    )
    start = figures.start
    return (
        f"{figures.machine}. {figures.rows:,} rows, {megabytes(figures.bytes)}, "
        f"{figures.contests[0].dead_letters:,} malformed. Medians of {figures.repeats} runs each, alternating. "
        f"{scaled}Every figure includes the start: {seconds(start['intake'].cpu_seconds)} for intake, "
        f"{seconds(start['textbook'].cpu_seconds)} for the loop."
    )


def _ratios(figures: IntakeFigures) -> str:
    headers = ["Schema", "Intake, CPU", "Textbook, CPU", "Ratio", "Goal", "Intake, peak memory", "Goal", ""]
    return table(
        headers,
        [
            [
                _SCHEMAS[each.schema],
                seconds(each.intake.cpu_seconds),
                seconds(each.textbook.cpu_seconds),
                times(each.ratio),
                times(each.goal.ratio),
                megabytes(each.intake.peak_bytes),
                megabytes(each.goal.peak_bytes),
                _verdict(each),
            ]
            for each in figures.contests
        ],
    )


def _rates(figures: IntakeFigures) -> str:
    headers = [
        "Schema",
        "Rows per CPU second",
        "Rows per second",
        "Each run of intake, CPU",
        "Each run of the loop, CPU",
    ]
    return table(
        headers,
        [
            [
                each.schema,
                f"{figures.rows / each.intake.cpu_seconds:,.0f}",
                f"{figures.rows / each.intake.seconds:,.0f}",
                ", ".join(map(seconds, each.intake.runs)),
                ", ".join(map(seconds, each.textbook.runs)),
            ]
            for each in figures.contests
        ],
    )


def _profile(contest: Contest) -> str:
    rows = [[f"`{spot.function}`", f"{spot.share:.1%}", f"{spot.calls:,}"] for spot in contest.hot_spots]
    return table([f"Function ({contest.schema})", "Share", "Calls"], rows)


def _verdict(contest: Contest) -> str:
    goal = contest.goal
    if contest.rows + contest.dead_letters < GOAL_ROWS:
        return f"the goals apply to {GOAL_ROWS:,} rows"
    met = contest.ratio >= goal.ratio and contest.intake.peak_bytes <= goal.peak_bytes
    return "met" if met else "missed"
