"""Outcomes: what contacts with accounts at risk were worth, against those that were left alone by chance."""
