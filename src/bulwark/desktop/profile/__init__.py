"""The player's own files: where they are, settings and progress."""
