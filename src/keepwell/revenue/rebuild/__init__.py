"""Rebuilding the movement facts, and checking them."""
