"""Saved matches: checksummed saves, atomically written files, and replays that verify themselves."""
