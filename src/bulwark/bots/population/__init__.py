"""A population of bots: who they are, how they play, pause and leave, and the events of their games."""
