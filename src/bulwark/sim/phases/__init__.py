"""The phases of a tick in their order, and what they share. Each is a kernel: see `bulwark.sim.world`."""
