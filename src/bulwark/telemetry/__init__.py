"""What a player's game tells of itself, where the player allows it: Segment's events, to a file or an HTTP intake."""
