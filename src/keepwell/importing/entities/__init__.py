"""The entities that a mapping file may fill: how the rows of each are read, and the registry of all of them."""
