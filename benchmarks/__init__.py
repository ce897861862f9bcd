"""Measurements of this checkout: `./keepwell bench`. No part of the wheel."""
