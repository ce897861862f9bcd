"""How often a host and an address may be asked, what robots.txt says, and when something is tried again."""
