"""The desktop player: pygame-ce around the core. It draws, sounds and takes orders; the rules are elsewhere."""
