"""Everything drawn with pygame: the painter, the map, and the parts of the screens."""
