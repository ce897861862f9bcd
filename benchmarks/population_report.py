"""The population's figures, as Markdown and as terminal output."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.population import BusinessFigures, Half, PopulationFigures, VisitorFigures
from benchmarks.report import table

# The reference's figures, from 20,000 players.
_RETURNED = {1: 0.268, 3: 0.187, 7: 0.114, 14: 0.059, 30: 0.013}
_PASSES = {8: 0.63, 15: 0.60, 23: 0.53}
_LEAVES = {0: 0.22, 5: 0.33}
_SHAPE = 0.84


def summary(figures: PopulationFigures) -> str:
    """A line for the visitors, and one per business."""
    seen = figures.visitors
    back = ", ".join(f"day {day} {_percent(share)}" for day, share in seen.returned.items())
    lines = [f"{seen.players:,} players: {back}; Weibull shape {seen.weibull_shape:.2f}"]
    lines.append(_effect(seen))
    lines += [
        f"seed {each.seed}: churn {_percent(each.monthly_churn)} per month, AUC {_auc(each)}"
        for each in figures.businesses
    ]
    return "\n".join(lines)


def markdown(figures: PopulationFigures) -> str:
    """The report's section."""
    seen = figures.visitors
    rows = [
        *(
            [f"Back on day {day}", _percent(share), _percent(_RETURNED[day])]
            for day, share in seen.returned.items()
        ),
        *(
            [
                f"Leaves after a session that ends with {_losses(streak)}",
                _percent(share),
                _reference(_LEAVES.get(streak)),
            ]
            for streak, share in seen.leaves.items()
        ),
        *(
            [f"Passes level {level}, a spike", _percent(share), _percent(_PASSES[level])]
            for level, share in seen.passes.items()
        ),
        ["Weibull shape of the playtime", f"{seen.weibull_shape:.2f}", f"{_SHAPE:.2f}"],
    ]
    return "\n\n".join(
        [
            f"{seen.players:,} players of the free game, each observed for 90 days, by the reference odds:",
            table(["", "Measured", "Reference"], rows),
            _effect(seen),
            "The sample business on its last day, and the model that `./keepwell demo` trains on it:",
            _businesses(figures.businesses),
        ]
    )


def _effect(seen: VisitorFigures) -> str:
    treated, others = seen.treated, seen.others
    matches = (treated.matches - others.matches) / others.matches
    error = (treated.matches_error**2 + others.matches_error**2) ** 0.5 / others.matches
    return (
        f"The treated half plays {matches:+.1%} matches (standard error {error:.1%}); on day 30 "
        f"{_share(treated)} of it have returned, and {_share(others)} of the others."
    )


def _share(half: Half) -> str:
    return f"{half.day_30:.2%} (± {half.day_30_error:.2%})"


def _businesses(businesses: Sequence[BusinessFigures]) -> str:
    rows = [
        [
            f"{each.seed}",
            f"{each.subscribers:,}",
            f"{each.mrr:,.0f} USD",
            f"{each.events:,}",
            _percent(each.monthly_churn),
            f"{each.churned}",
            _auc(each),
            "yes" if each.shows_signal else "no",
        ]
        for each in businesses
    ]
    return table(
        [
            "Seed",
            "Subscribers",
            "MRR",
            "Events",
            "Monthly churn",
            "Left, held out",
            "AUC, held out (95 %)",
            "Signal",
        ],
        rows,
    )


def _auc(each: BusinessFigures) -> str:
    return "-" if each.auc is None else f"{each.auc:.2f} ({each.auc_low:.2f} to {each.auc_high:.2f})"


def _losses(streak: int) -> str:
    if streak == max(_LEAVES):
        return f"{streak} losses or more in a row"
    return "a loss" if streak == 1 else f"{streak} losses in a row" if streak else "a win"


def _reference(share: float | None) -> str:
    return "" if share is None else _percent(share)


def _percent(share: float) -> str:
    return f"{share:.1%}"
