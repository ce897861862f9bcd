"""The lake: sealed segments as Parquet files by day, and the operations on them.

A lake is one folder of one workspace, or of one intake folder: `day=YYYY-MM-DD/*.parquet` and a manifest that
lists the valid files. Readers go by the manifest, so that a file becomes visible at once and complete, and a
missing one is noticed.
"""
