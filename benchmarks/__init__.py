"""Benchmarks of this checkout: `./keepwell bench`. Not part of the wheel."""
