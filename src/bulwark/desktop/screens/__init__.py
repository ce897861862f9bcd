"""The screens, each of which takes signals, advances and draws."""
