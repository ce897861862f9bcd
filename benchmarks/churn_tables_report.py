"""The figures of the estimator on IBM's table, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.churn_tables import LEAST_AUC, TableFigures
from benchmarks.report import table


def summary(figures: TableFigures) -> str:
    """A line per rung, and whether the chosen one keeps what is promised."""
    lines = [
        f"{each.rung:<10} AUC {each.figures.roc_auc.value:.4f}, log loss {each.figures.log_loss.value:.4f}, "
        f"ECE {each.figures.calibration_error.ece:.4f} (95 % of perfect models: at most {each.figures.calibration_error.perfect_high:.4f}), "
        f"revenue {each.revenue_error:+.2%} (at most {each.revenue_error_high:.2%})"
        for each in figures.rungs
    ]
    verdict = "holds" if figures.passes else "DOES NOT HOLD"
    return "\n".join(
        [*lines, f"Chosen: {figures.chosen.rung}. AUC of {LEAST_AUC} and calibration: {verdict}."]
    )


def markdown(figures: TableFigures) -> str:
    """The report's section."""
    rows = [
        [
            f"**{each.rung}**" if each.is_chosen else each.rung,
            f"{each.figures.roc_auc.value:.4f}",
            f"{each.figures.pr_auc.value:.4f}",
            f"{each.figures.log_loss.value:.4f}",
            f"{each.figures.calibration_error.ece:.4f}",
            f"{each.figures.calibration_error.perfect_mean:.4f}",
            f"{each.figures.calibration_error.perfect_high:.4f}",
            f"{each.revenue_error:+.2%}",
            f"{each.revenue_error_high:.2%}",
        ]
        for each in figures.rungs
    ]
    headers = ["Rung", "AUC", "PR AUC", "Log loss", "ECE", "Perfect, mean", "Perfect, 95 %"]
    return "\n\n".join(
        [
            f"{figures.rows:,} customers, of whom {figures.left:,} left; each was predicted by a model of the other nine tenths.",
            "The ladder's choice is in bold.",
            table([*headers, "Revenue", "Perfect, 95 %"], rows),
        ]
    )
