"""The life of cases beside lists: who gets one, in which arm, and how it ended."""
