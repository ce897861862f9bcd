"""Telemetry of a player's game, if the player allows it: Segment events, sent to a file or an HTTP intake."""
