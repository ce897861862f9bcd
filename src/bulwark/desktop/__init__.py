"""The desktop player: pygame-ce around the core. It draws, plays sounds and reads input; the rules live in `bulwark.sim`."""
