"""Where each number of the state stands: a module a table, a constant a column.

A table is a list of columns (an array of two dimensions once compiled): `creeps[creep.X][i]`. The kernels
are plain functions over such tables, so that the same source runs interpreted, compiled and in a browser.
"""
