"""A population of players who are not there: who they are, how they play, pause and leave, and what their games tell."""
