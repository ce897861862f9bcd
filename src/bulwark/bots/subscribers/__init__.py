"""Subscribers of the game, all synthetic: what they agree to, pay and play, as exported by another company's tools."""
