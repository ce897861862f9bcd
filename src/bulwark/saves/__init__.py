"""Keeping matches: saves that prove themselves, files that are whole or absent, replays that check themselves."""
