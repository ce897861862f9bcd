"""Names of companies that do not exist, made of plain words."""

from __future__ import annotations

from itertools import product
from random import Random

_FIRST = (
    "Amber", "Birch", "Bright", "Cedar", "Cobalt", "Copper", "Coral", "Crisp", "Dapple", "Ember", "Fern",
    "Flint", "Gentle", "Granite", "Hazel", "Indigo", "Ivory", "Juniper", "Lunar", "Maple", "Marble", "Meadow",
    "Nimble", "Northern", "Ochre", "Opal", "Pebble", "Polar", "Quiet", "Russet", "Sable", "Silver", "Solar",
    "Sorrel", "Summit", "Tidal", "Umber", "Velvet", "Willow", "Zephyr",
)  # fmt: skip
_SECOND = (
    "Anchor", "Atlas", "Beacon", "Bridge", "Canvas", "Compass", "Crane", "Delta", "Forge", "Garden", "Gate",
    "Harbor", "Kettle", "Lantern", "Ledger", "Loom", "Meridian", "Mill", "Orchard", "Parcel", "Pier", "Prism",
    "Quarry", "Relay", "Ridge", "Rocket", "Signal", "Spindle", "Station", "Terrace", "Thicket", "Trellis",
    "Valley", "Wharf", "Works",
)  # fmt: skip
_FORM = ("Labs", "Studio", "Software", "Supply", "Systems", "Goods", "Partners", "Cloud")

INDUSTRIES = ("E-commerce", "Education", "Finance", "Healthcare", "Logistics", "Media", "Software", "Travel")
COUNTRIES = ("US", "US", "US", "GB", "DE", "FR", "NL", "CA", "AU", "SE", "BR", "IN")


def company_names(rng: Random, *, count: int) -> list[str]:
    """`count` different names; at most 11,200 exist."""
    words = list(product(_FIRST, _SECOND, _FORM))
    return [" ".join(each) for each in rng.sample(words, count)]
