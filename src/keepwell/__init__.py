"""Keepwell: which paying customers are about to leave, why, and what to do today."""

__version__ = "0.1.0"
