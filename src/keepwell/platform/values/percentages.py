"""Shares in words, rounded as the dashboard rounds them: one stored number reads the same in a terminal, a mail and a browser."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def percent(share: float, *, places: int = 0) -> str:
    """The share as a percentage: "5.6%" of 0.0555, although the nearest float lies below; halves go up, not to the even digit."""
    return f"{hundredths(share, places=places)}%"


def hundredths(share: float, *, places: int = 0) -> str:
    """How many of 100 the share is: "93" of 0.925."""
    # The shortest decimal is the one that was stored; the exact value of a float hides that it is halfway.
    exact = Decimal(repr(float(share))) * 100
    return f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"
