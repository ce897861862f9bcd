"""The URLs that are due, and those that were seen."""
