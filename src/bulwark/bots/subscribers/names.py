"""Names for accounts that do not exist: handles and guilds, built from plain words."""

from __future__ import annotations

from itertools import product
from random import Random

_FIRST = (
    "Amber", "Birch", "Bright", "Cedar", "Cobalt", "Copper", "Coral", "Crisp", "Dapple", "Ember", "Fern",
    "Flint", "Gentle", "Granite", "Hazel", "Indigo", "Ivory", "Juniper", "Lunar", "Maple", "Marble", "Meadow",
    "Nimble", "Northern", "Ochre", "Opal", "Pebble", "Polar", "Quiet", "Russet", "Sable", "Silver", "Solar",
    "Sorrel", "Summit", "Tidal", "Umber", "Velvet", "Willow", "Zephyr",
)  # fmt: skip
_BEASTS = (
    "Badger", "Beetle", "Bison", "Crane", "Cricket", "Dormouse", "Falcon", "Ferret", "Finch", "Gecko", "Hare",
    "Heron", "Hornet", "Jackdaw", "Kestrel", "Lemming", "Lynx", "Magpie", "Marten", "Mole", "Moth", "Newt",
    "Otter", "Owl", "Pike", "Puffin", "Raven", "Shrew", "Sparrow", "Stoat", "Swift", "Tern", "Toad", "Vole",
    "Wren",
)  # fmt: skip
_BANDS = (
    "Anchors", "Banners", "Bastions", "Beacons", "Gates", "Hammers", "Lanterns", "Mortars", "Ramparts", "Shields",
    "Spires", "Towers", "Trebuchets", "Wardens", "Watch",
)  # fmt: skip
_NUMBERS = range(10, 100)

COUNTRIES = ("US", "US", "US", "GB", "DE", "FR", "NL", "CA", "AU", "SE", "BR", "IN")
DISTINCT_GUILDS = len(_FIRST) * len(_BANDS)


def handles(rng: Random, *, count: int) -> list[str]:
    """`count` distinct handles such as QuietOtter42; there are at most 126,000."""
    chosen = rng.sample(range(len(_FIRST) * len(_BEASTS) * len(_NUMBERS)), count)
    return [_handle(number) for number in chosen]


def guilds(rng: Random, *, count: int) -> list[str]:
    """`count` distinct guilds such as The Amber Lanterns; numbered beyond 600."""
    names = [f"The {first} {band}" for first, band in product(_FIRST, _BANDS)]
    names += [
        f"{name} {number}"
        for number in range(2, 2 + count // DISTINCT_GUILDS)
        for name in names[:DISTINCT_GUILDS]
    ]
    return rng.sample(names, count)


def _handle(number: int) -> str:
    words, digits = divmod(number, len(_NUMBERS))
    first, beast = divmod(words, len(_BEASTS))
    return f"{_FIRST[first]}{_BEASTS[beast]}{_NUMBERS[digits]}"
