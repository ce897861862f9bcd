"""What a crawl costs: Keepwell, Scrapy and Crawlee on the same websites, which are on loopback."""
