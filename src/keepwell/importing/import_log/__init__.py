"""The import log: what each import changed, and how to undo it."""
