"""The screens: each handles signals, advances and draws."""
