from __future__ import annotations

import numpy as np
import pytest

from keepwell.platform.values.percentages import hundredths, percent


@pytest.mark.parametrize(
    ("share", "places", "shown"),
    [
        (0.0555, 1, "5.6%"),  # as a float, a little less than halfway
        (0.925, 0, "93%"),  # halfway, and 92 is even
        (0.285, 0, "29%"),  # times 100, a little less than 28.5
        (0.0, 1, "0.0%"),
        (1.0, 0, "100%"),
        (0.9113, 1, "91.1%"),
        (1e-7, 1, "0.0%"),
    ],
)
def test_a_share_reads_as_the_browser_rounds_it(share: float, places: int, shown: str) -> None:
    assert percent(share, places=places) == shown


def test_a_share_of_numpy_is_a_share_like_any_other() -> None:
    assert hundredths(float(np.float64(0.925))) == hundredths(np.float64(0.925)) == "93"
