"""What the crawl means for accounts: their websites are read, and what changed becomes a signal."""
