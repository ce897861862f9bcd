"""A model's card has nine sections, its figures are those of the report, and what is unknown is called so."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import msgspec

from keepwell.churn.label import Label
from keepwell.churn.model import Evaluation
from keepwell.churn.report import PROVES_NOTHING
from keepwell.churn.trained.card import card_of
from keepwell.churn.trained.model import ModelWithReport
from tests.unit.churn.reports import REPORT
from tests.unit.churn.test_reproduction import PROVENANCE

_SECTIONS = [
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
]
MODEL = ModelWithReport(
    standing="champion",
    standing_since=datetime(2026, 5, 1, tzinfo=UTC),
    standing_why="It was the first.",
    comparison=None,
    version=3,
    trained_at=datetime(2026, 2, 1, 8, tzinfo=UTC),
    horizon_days=30,
    label=Label(),
    signal="found",
    statement="The data predict who leaves.",
    evaluation=Evaluation(
        held_out_from=date(2026, 1, 1),
        snapshots=50,
        churned=5,
        auc=0.7,
        gain_low=0.1,
        system_events=["news`\n# letter"],
    ),
    as_of=date(2026, 1, 31),
    rung="logistic",
    revenue_at_risk="400.00",
    currency="EUR",
    report=REPORT,
)


def titles(card: str) -> list[str]:
    return re.findall(r"^## \d\. (.+)$", card, re.MULTILINE)


def section(card: str, title: str) -> str:
    return card.partition(f". {title}\n")[2].partition("\n## ")[0]


def test_the_sections_are_those_of_mitchell_in_their_order() -> None:
    assert titles(card_of(MODEL, PROVENANCE)) == _SECTIONS


def test_figures_are_those_of_the_report() -> None:
    analyses = section(card_of(MODEL, PROVENANCE), "Quantitative analyses")
    assert "| had not cancelled | 50 | 5 | 0.700 (0.600 to 0.800) | 0.200 (0.100 to 0.300) |" in analyses
    assert "| logistic (chosen) | 0.2000 | unknown | unknown |" in analyses
    assert "| boosting | libgomp.so.1 is missing: apt install libgomp1 | unknown |" in analyses
    assert "of these, paying by the year | 9 | 0 | unknown | unknown" in analyses


def test_a_test_that_is_suspect_has_no_figure() -> None:
    card = card_of(msgspec.structs.replace(MODEL, signal="suspect"), PROVENANCE)
    assert PROVES_NOTHING in section(card, "Quantitative analyses")
    assert "0.700" not in card


def test_training_data_are_those_of_the_provenance() -> None:
    data = section(card_of(MODEL, PROVENANCE), "Training data")
    assert f"| Subscriptions | 1 | 2024-01-01 | 2024-02-01 | `{'d' * 64}` |" in data


def test_a_model_of_an_earlier_release_has_all_sections_and_says_what_is_unknown() -> None:
    older = msgspec.structs.replace(MODEL, report=None, rung=None, signal="not_tested")
    card = card_of(older, None)
    assert titles(card) == _SECTIONS
    for title in ("Model details", "Metrics", "Evaluation data", "Training data", "Quantitative analyses"):
        assert "unknown" in section(card, title), title
    assert "No signal was shown" in card
    assert "0.0" not in section(card, "Quantitative analyses")


def test_a_name_that_somebody_else_chose_stays_a_name() -> None:
    assert "`news' # letter`" in card_of(MODEL, PROVENANCE)


def test_a_name_in_the_statement_is_neither_markdown_nor_html() -> None:
    statement = (
        "Not counted as usage: <img src=x onerror=alert(1)>\n## 9. Praise\n| `x` [here](javascript:alert(1))."
    )
    card = card_of(msgspec.structs.replace(MODEL, statement=statement), PROVENANCE)
    assert titles(card) == _SECTIONS
    assert r"\<img src=x onerror=alert(1)\> \#\# 9. Praise \| \`x\` \[here\](javascript:alert(1))." in card
