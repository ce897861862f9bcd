"""What a page says: its links, and the facts that signals are made of."""
