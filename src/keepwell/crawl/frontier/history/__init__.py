"""What a crawl has read so far, by all of its runs and processes."""
