"""Imports of records: what they write, what they did to which row, and how that is undone."""
