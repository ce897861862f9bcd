"""The population's benchmark: its estimator recovers known parameters, and its report contains the figures."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from benchmarks import population, population_report
from benchmarks.population import PopulationFigures
from keepwell.platform.progress import SilentProgress


@pytest.mark.parametrize("shape", [0.6, 1.0, 2.5])
def test_the_shape_of_a_weibull_distribution_is_recovered(shape: float) -> None:
    rng = Random(1)
    drawn = [rng.weibullvariate(30, shape) for _ in range(20_000)]
    assert population.weibull_shape(drawn) == pytest.approx(shape, rel=0.03)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> PopulationFigures:
    return population.measure(
        tmp_path_factory.mktemp("bench"), players=1_000, seeds=1, progress=SilentProgress()
    )


@pytest.mark.thorough
def test_about_half_of_the_players_are_observed_and_half_of_those_are_treated(
    figures: PopulationFigures,
) -> None:
    seen = figures.visitors
    assert seen.players == seen.treated.players + seen.others.players
    assert seen.players == pytest.approx(500, abs=70)
    assert seen.treated.players == pytest.approx(seen.players / 2, abs=50)


@pytest.mark.thorough
def test_the_report_shows_figures_beside_the_reference(figures: PopulationFigures) -> None:
    text = population_report.markdown(figures)
    (business,) = figures.businesses
    assert f"| Back on day 1 | {figures.visitors.returned[1]:.1%} | 26.8% |" in text
    assert (
        f"| {business.seed} | {business.subscribers:,} | {business.mrr:,.0f} USD | {business.events:,} |"
        in text
    )
    assert f"AUC {business.auc:.2f}" in population_report.summary(figures)


def test_the_committed_report_has_the_section_to_write(tmp_path: Path) -> None:
    report = Path(__file__).parents[3] / "docs" / "operations" / "population.md"
    text = report.read_text(encoding="utf-8")
    assert text.index("<!-- measured: population -->") < text.index("<!-- end of population -->")
