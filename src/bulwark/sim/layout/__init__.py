"""The layout of the state: a module per table, a constant per column.

A table is a list of columns (a two-dimensional array once compiled): `creeps[creep.X][i]`. The kernels are plain
functions over such tables, so that the same source runs interpreted, compiled and in a browser.
"""
