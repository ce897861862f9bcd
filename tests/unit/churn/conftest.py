"""The sample's business, and what is learnt from it."""

from __future__ import annotations

import pytest

from benchmarks.sample_spans import read_spans, sample_rates
from keepwell.churn.pipeline import LearningResult
from keepwell.sample.files import BusinessSummary
from tests.unit.churn.businesses import Business, trained
from tests.unit.sample.reading import event_rows


@pytest.fixture(scope="session")
def sample(sample_business: BusinessSummary) -> Business:
    folder = sample_business.folder
    return Business(read_spans(folder), event_rows(folder), sample_rates(folder))


@pytest.fixture(scope="session")
def learned(sample: Business) -> LearningResult:
    return trained(sample.spans, sample.events, rates=sample.rates)
