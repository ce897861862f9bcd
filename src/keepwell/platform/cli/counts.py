"""Numbers with the word for what they count."""

from __future__ import annotations


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """The number with its word: "1 contact", "2,000 contacts"; the plural is the singular with an s, unless it is given."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def a_month(number: float, singular: str, plural: str | None = None) -> str:
    """About how many a month, in whole ones, since a rate is no count: "about 12 cases a month", "fewer than one case a month"."""
    whole = round(number)
    if whole < 1:
        return f"fewer than one {singular} a month"
    return f"about {counted(whole, singular, plural)} a month"
