"""Bulwark: a tower-defense game whose core is deterministic, in integers, and checks itself."""
