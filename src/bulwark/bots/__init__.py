"""Bots that play matches, and a synthetic population of players who play, pause and leave."""
