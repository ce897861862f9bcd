"""Threads, processes and async on the same work: fetch a page, and read it."""
