"""The lake: sealed segments as Parquet files by day, and everything that is done with them.

A lake is one folder of one workspace, or of one intake folder: `day=YYYY-MM-DD/*.parquet` and a manifest
that names the files which count. A reader goes by the manifest, so that a file is seen at once and whole,
and one that is gone is noticed.
"""
