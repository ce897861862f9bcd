"""Monthly roll-ups of the movement facts, and the figures that are read from them."""
