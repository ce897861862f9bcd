"""The frontier's file itself: its tables, and its transactions."""
