"""A report as it is stored, for tests that only carry it."""

from __future__ import annotations

from datetime import date

from keepwell.churn.report import (
    CalibrationError,
    DecileCapture,
    Decisions,
    Figures,
    Interval,
    ModelReport,
    MoneyRule,
    Population,
    PrecisionRecallPoint,
    ReliabilityBin,
    RevenueCheck,
    RocPoint,
    RungResult,
)

_BETWEEN = Interval(0.7, 0.6, 0.8)
FIGURES = Figures(
    roc_auc=_BETWEEN,
    pr_auc=Interval(0.2, 0.1, 0.3),
    log_loss=Interval(0.2, 0.15, 0.25),
    log_loss_base=0.22,
    gain=Interval(0.02, 0.01, 0.03),
    brier=Interval(0.05, 0.04, 0.06),
    brier_base=0.06,
    expected_over_departed=Interval(1.0, 0.8, 1.2),
    roc=[RocPoint(0.0, 0.0), RocPoint(0.2, 0.6), RocPoint(1.0, 1.0)],
    precision_recall=[PrecisionRecallPoint(0.0, 1.0), PrecisionRecallPoint(1.0, 0.1)],
    reliability=[
        ReliabilityBin(snapshots=50, predicted=0.1, departed=0.12, departed_low=0.05, departed_high=0.24)
    ],
    calibration_error=CalibrationError(ece=0.02, perfect_mean=0.015, perfect_high=0.03),
    decisions=Decisions(
        rule=MoneyRule(),
        from_revenue_at_risk=20.83,
        from_probability=0.4,
        contacted_left=3,
        contacted_stayed=4,
        not_contacted_left=2,
        not_contacted_stayed=41,
        precision=0.4286,
        recall=0.6,
    ),
    capture=[DecileCapture(decile=1, of_departures=0.4, of_lost_mrr=0.5)],
    revenue=RevenueCheck(revenue_at_risk="400.00", revenue_lost="380.00", ratio=Interval(1.05, 0.8, 1.4)),
)
REPORT = ModelReport(
    held_out_from=date(2026, 1, 1),
    origins=[date(2026, 1, 1), date(2026, 3, 1)],
    chosen="logistic",
    why="The logistic rung has the least log loss.",
    calibration="platt",
    history_days=None,
    rungs=[
        RungResult(
            name="base_rate", log_loss=0.22, roc_auc=0.5, brier=0.06, behind=Interval(0.02, 0.01, 0.03)
        ),
        RungResult(name="logistic", inputs=["tenure_days"], log_loss=0.2, is_tied=True, is_chosen=True),
        RungResult(name="boosting", not_fitted="libgomp.so.1 is missing: apt install libgomp1"),
    ],
    histories=[],
    untouched=None,
    populations=[
        Population(name="not_cancelled", snapshots=50, accounts=20, departed=5, figures=FIGURES),
        Population(
            name="to_work_with_annual",
            snapshots=9,
            accounts=3,
            departed=0,
            figures=None,
            not_tested="Nobody left.",
        ),
    ],
)
