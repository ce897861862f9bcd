"""Randomness as a function of its purpose: no generator is shared, so results do not depend on call order."""

from __future__ import annotations

_BITS = 0xFFFFFFFF


def hash32(seed: int, tick: int, k: int) -> int:
    """32 random bits for the k-th purpose in a tick, with the mixing steps of Chris Wellons's `lowbias32`."""
    x = (seed ^ (tick * 0x9E3779B1) ^ (k * 0x85EBCA77)) & _BITS
    x ^= x >> 16
    x = (x * 0x7FEB352D) & _BITS
    x ^= x >> 15
    x = (x * 0x846CA68B) & _BITS
    return x ^ (x >> 16)
