"""Names for accounts that do not exist, built from plain words: handles, guilds, cafés, schools and channels."""

from __future__ import annotations

from itertools import product
from random import Random

from keepwell.sample.model import Kind

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
_ROOMS = ("Arcade", "Board", "Console", "Corner", "Game", "Joystick", "Lan", "Pixel", "Player", "Token")
_GROUNDS = (
    "Bank",
    "Bridge",
    "Brook",
    "Field",
    "Gate",
    "Grove",
    "Heath",
    "Hill",
    "Lane",
    "Mead",
    "Vale",
    "Wood",
)
_NUMBERS = range(10, 100)

COUNTRIES = ("US", "US", "US", "GB", "DE", "FR", "NL", "CA", "AU", "SE", "BR", "IN")
_PATTERNS = {
    Kind.GUILD: ("The {} {}", _BANDS),
    Kind.CAFE: ("{} {} Café", _ROOMS),
    Kind.SCHOOL: ("{} {} School", _GROUNDS),
    Kind.STREAMER: ("{}{}TV", _BEASTS),
}


def handles(rng: Random, *, count: int) -> list[str]:
    """`count` distinct handles such as QuietOtter42; there are at most 126,000."""
    chosen = rng.sample(range(len(_FIRST) * len(_BEASTS) * len(_NUMBERS)), count)
    return [_handle(number) for number in chosen]


def names(kind: Kind, rng: Random, *, count: int) -> list[str]:
    """`count` distinct names for customers of that kind; numbered if the words do not suffice."""
    if kind not in _PATTERNS:
        return handles(rng, count=count)
    pattern, words = _PATTERNS[kind]
    distinct = [pattern.format(first, last) for first, last in product(_FIRST, words)]
    rounds = 1 + count // len(distinct)
    numbered = [f"{name} {number}" for number in range(2, rounds + 1) for name in distinct]
    return rng.sample([*distinct, *numbered], count)


def _handle(number: int) -> str:
    words, digits = divmod(number, len(_NUMBERS))
    first, beast = divmod(words, len(_BEASTS))
    return f"{_FIRST[first]}{_BEASTS[beast]}{_NUMBERS[digits]}"
