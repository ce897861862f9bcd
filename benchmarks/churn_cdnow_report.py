"""The figures of CDNOW's list, beside what is promised, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.churn_cdnow import LEAST_AUC, MOST_LOG_LOSS, Rival, ShopFigures
from benchmarks.report import table
from keepwell.churn.report import Interval


def summary(figures: ShopFigures) -> str:
    """A line per figure, and whether what is promised holds."""
    lines = [
        _about(figures),
        f"AUC {_interval(figures.auc)}, at least {LEAST_AUC}; log loss {_interval(figures.log_loss)}, at most {MOST_LOG_LOSS}",
        *(
            f"{_title(each)}: AUC {each.auc}, log loss {each.log_loss}; differences {_interval(each.auc_difference)} and "
            f"{_interval(each.log_loss_difference)}"
            for each in figures.rivals
        ),
        f"What is promised {'holds' if figures.passes else 'DOES NOT HOLD'}.",
    ]
    return "\n".join(lines)


def markdown(figures: ShopFigures) -> str:
    """The report's section."""
    money = "-" if figures.money is None else _interval(figures.money)
    rows = [
        ["AUC", _interval(figures.auc), f"at least {LEAST_AUC}"],
        ["Log loss", _interval(figures.log_loss), f"at most {MOST_LOG_LOSS}"],
        ["Log loss of the base rate", f"{figures.log_loss_base}", ""],
        ["Expected over quiet", _interval(figures.calibration), ""],
        ["Spend at risk over lost", money, ""],
    ]
    rivals = [
        [
            _title(each),
            f"{each.auc}",
            f"{each.log_loss}",
            _interval(each.auc_difference),
            _interval(each.log_loss_difference),
        ]
        for each in figures.rivals
    ]
    return "\n\n".join(
        [
            _about(figures),
            table(["The list", "Measured", "Promised"], rows),
            table(
                ["Rival", "AUC", "Log loss", "AUC of the list less its", "Log loss of the list less its"],
                rivals,
            ),
        ]
    )


def _about(figures: ShopFigures) -> str:
    history = "everything" if figures.history_days is None else f"the latest {figures.history_days} days"
    return (
        f"The list of {figures.as_of} has {figures.customers:,} customers, of whom {figures.quiet:,} then bought nothing for the whole "
        f"horizon. The ladder chose {figures.rung}, learnt from {history} ({figures.snapshots:,} snapshots)."
    )


def _title(rival: Rival) -> str:
    learnt = "everything" if rival.history_days is None else f"the latest {rival.history_days} days"
    return f"RFM logistic, learnt from {learnt}"


def _interval(found: Interval) -> str:
    return f"{found.value:.4f} ({found.low:.4f} to {found.high:.4f})"
