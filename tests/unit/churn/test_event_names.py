"""Which names of events seem to name somebody, and that no reason repeats them."""

from __future__ import annotations

import pytest

from keepwell.churn.predictors import topics_of
from keepwell.churn.sources.event_names import looks_personal


@pytest.mark.parametrize(
    "name",
    [
        "invited ada@shop.example",
        "login:ADA.B+x@shop.co.uk",
        "opened /u/ada%40shop.example",
        "viewed https://shop.example/people/ada",
        "viewed WWW.shop.example",
        "called +41 (0)79 123 45 67",
        "order_1234567",
        "card 4242-4242-4242-4242",
    ],
)
def test_a_name_with_an_address_or_a_long_number_looks_personal(name: str) -> None:
    assert looks_personal(name)


@pytest.mark.parametrize(
    "name", ["login", "match_won", "@mention", "http_404", "2fa enabled", "export 2026-06", "a/b @ c", ""]
)
def test_a_plain_name_does_not(name: str) -> None:
    assert not looks_personal(name)


def test_an_earlier_models_input_of_such_a_name_is_no_reason() -> None:
    names = [
        f"event:{kind}:{what}"
        for kind in ("export", "invited ada@shop.example")
        for what in ("mid", "recency")
    ]
    assert [topic.name for topic in topics_of(names)] == ["event:export"]
