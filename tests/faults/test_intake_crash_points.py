"""A crash before or after each single change of a file, and in the middle of each write."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from keepwell.intake.files import LocalFs
from keepwell.intake.model import Sizes
from keepwell.intake.service import Intake
from tests.unit.intake.events import accepted_ids, defined_ids, opened, rows

ROWS = rows(40)
SMALL = Sizes(commit=1_500, segment=2_500)
EXPECTED = defined_ids(ROWS)


class PowerCut(BaseException):
    """The machine stops here."""


class CutFs(LocalFs):
    """A disk whose machine stops at the change number `at`, before it, after it, or half way through a write."""

    def __init__(self, at: int, moment: str) -> None:
        self._left = at
        self._moment = moment

    def _change(self, change: Callable[[], None], half: Callable[[], None] | None = None) -> None:
        self._left -= 1
        if self._left >= 0:
            change()
            return
        if self._moment == "after":
            change()
        if self._moment == "torn" and half is not None:
            half()
        raise PowerCut

    def write(self, descriptor: int, data: bytes, *, path: Path) -> None:
        def put(part: bytes) -> Callable[[], None]:
            return lambda: super(CutFs, self).write(descriptor, part, path=path)

        self._change(put(data), put(data[: len(data) // 2]))

    def fdatasync(self, descriptor: int, *, path: Path) -> None:
        self._change(lambda: super(CutFs, self).fdatasync(descriptor, path=path))

    def truncate(self, descriptor: int, length: int, *, path: Path) -> None:
        self._change(lambda: super(CutFs, self).truncate(descriptor, length, path=path))

    def rename(self, source: Path, target: Path) -> None:
        self._change(lambda: super(CutFs, self).rename(source, target))

    def sync_directory(self, path: Path) -> None:
        self._change(lambda: super(CutFs, self).sync_directory(path))


def take_all(intake: Intake) -> None:
    intake.append(ROWS)
    intake.seal()


@pytest.mark.parametrize("moment", ["before", "after", "torn"])
def test_the_same_rows_after_a_crash_at_any_point_lose_nothing_and_double_nothing(
    tmp_path: Path, moment: str
) -> None:
    for at in count():
        root = tmp_path / str(at)
        try:
            with opened(root, files=CutFs(at, moment), sizes=SMALL) as intake:
                take_all(intake)
            break
        except PowerCut:
            with opened(root, sizes=SMALL) as intake:
                take_all(intake)
        assert sorted(accepted_ids(root)) == sorted(EXPECTED), f"crash {moment} change {at}"
        with opened(root) as intake:
            assert len(list(intake.dead_letters())) == len(ROWS) - len(EXPECTED)
    assert at > 20
