"""What runs the crawl: the scheduler decides, without I/O, and the crawler does what it says."""
