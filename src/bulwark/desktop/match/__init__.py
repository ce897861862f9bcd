"""The running match behind the play screen: pacing, interpolation, the player's selection, hints and figures."""
