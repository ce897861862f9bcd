"""What is still to be read, and what was read: one SQLite file that several processes share."""
