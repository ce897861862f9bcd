"""The line that loses counts does, and the other forms of it do not."""

from __future__ import annotations

import asyncio

import pytest
from examples.lost_counts import FORMS, PAGES, lost, lost_in_threads, main, returned_by_threads

ALL = sum(map(len, PAGES))


def test_adding_across_an_await_keeps_one_part_only() -> None:
    assert asyncio.run(lost(PAGES)) in map(len, PAGES)


def test_adding_across_a_blocking_call_loses_counts_in_threads() -> None:
    assert lost_in_threads(PAGES) < ALL


@pytest.mark.parametrize("name", list(FORMS)[1:])
def test_the_other_forms_count_everything(name: str) -> None:
    async def counted() -> int:
        async with asyncio.timeout(10):
            return await FORMS[name](PAGES)

    assert asyncio.run(counted()) == ALL


def test_threads_that_return_their_parts_count_everything() -> None:
    assert returned_by_threads(PAGES) == ALL


def test_the_example_shows_the_loss(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(main())
    lines = capsys.readouterr().out.splitlines()
    assert [line.startswith(f"{ALL:6,}") for line in lines] == [
        True,
        False,
        *[True] * (len(FORMS) - 1),
        False,
    ]
