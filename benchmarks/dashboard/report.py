"""What the dashboard weighs and takes, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.dashboard.measure import DashboardFigures
from benchmarks.dashboard.sizes import CHARTS_BUDGET, FIRST_LOAD_BUDGET, ROUTE_BUDGET
from benchmarks.report import table

_GOALS = {"plain": 1000, "4x CPU": 2000, "slow 4G, 4x CPU": 3500}


def summary(figures: DashboardFigures) -> str:
    """A line per size and per page."""
    sizes, listed = figures.sizes, figures.listed
    return "\n".join(
        [
            f"first load {_kb(sizes.first_load)}, charts {_kb(sizes.charts)}, largest route {_kb(max(sizes.routes.values()))}",
            *(
                f"{each.page}, {each.speed}: LCP {each.lcp:.0f} ms ({each.lcp / max(1, each.reference_lcp):.1f}x the "
                f"reference), CLS {each.cls:.3f}"
                for each in figures.loads
            ),
            f"interactions, 95th percentile: {figures.interaction_p95:.0f} ms",
            (
                f"{figures.accounts:,} accounts: first rows {listed.first_rows:.0f} ms, a name {listed.name_found:.0f} ms, "
                f"{listed.long_frames} long frames over {listed.rows_scrolled:,} rows (longest {listed.longest_frame:.0f} ms)"
            ),
            f"a change seen with {figures.live.tabs} tabs: {figures.live.seen:.0f} ms",
        ]
    )


def markdown(figures: DashboardFigures) -> str:
    """The report's section."""
    sizes, listed = figures.sizes, figures.listed
    setting = (
        f"{figures.machine}. {figures.accounts:,} accounts; medians of {figures.repeats} runs, each beside one of the "
        "reference page, in headless Chromium at 1440 pixels with an empty cache."
    )
    weights = [
        ["First load of Today", _kb(sizes.first_load), _kb(FIRST_LOAD_BUDGET)],
        ["Charts", _kb(sizes.charts), _kb(CHARTS_BUDGET)],
        *([f"`{name}`", _kb(weight), _kb(ROUTE_BUDGET)] for name, weight in sizes.routes.items()),
    ]
    loads = [
        [
            f"{each.page}, {each.speed}",
            f"{each.lcp:,.0f}",
            f"{_GOALS[each.speed]:,}",
            f"{each.lcp / max(1, each.reference_lcp):.1f}",
            f"{each.cls:.3f}",
        ]
        for each in figures.loads
    ]
    waits = [
        ["First rows, from the start page", f"{listed.first_rows:,.0f} ms", "300 ms"],
        ["A name found", f"{listed.name_found:,.0f} ms", "150 ms"],
        [
            f"Frames over 50 ms while scrolling over {listed.rows_scrolled:,} rows",
            f"{listed.long_frames}, longest {listed.longest_frame:,.0f} ms",
            "0",
        ],
        ["Interactions, 95th percentile", f"{figures.interaction_p95:,.0f} ms", "100 ms"],
        [
            f"A change seen in a second browser, {figures.live.tabs} tabs open",
            f"{figures.live.seen:,.0f} ms",
            "1,000 ms",
        ],
    ]
    return "\n\n".join(
        [
            setting,
            table(["Scripts and styles, gzip", "Weighs", "At most"], weights),
            table(["Largest paint", "ms", "Goal", "Times the reference", "Layout shift"], loads),
            table(["Waiting", "Takes", "Goal"], waits),
        ]
    )


def _kb(size: int) -> str:
    return f"{size / 1000:.1f} kB"
