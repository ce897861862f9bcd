"""Subscribers of the game, who do not exist: what they agreed to, pay and play, as another company's tools export it."""
